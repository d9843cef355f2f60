package import HailoBase

/// A network as people write it down: one line for each layer. docs/emulated-core.md explains the lines.
package struct NetworkDescription: Sendable {
    struct Layer: Sendable {
        let line: Int
        /// "conv", "input", "output" …
        let kind: String
        let name: String
        /// The layers that it takes its numbers from.
        fileprivate(set) var sources: [String]
        let attributes: [(key: String, value: String)]
        /// Whether the compiler is to begin a new context with it.
        var startsContext = false

        func attribute(_ key: String) -> String? { attributes.first { $0.key == key }?.value }
    }

    let file: String
    private(set) var name = "network"
    private(set) var layers: [Layer] = []
    /// What the host does with the outputs.
    private(set) var hostOps: [Layer] = []

    /// Reads the text of `file`, which messages name.
    package init(_ text: String, file: String) throws(HailoError) {
        self.file = file
        var startsContext = false
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }
        ).enumerated() {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map { String($0) }
            guard let kind = words.first else { continue }
            switch kind {
            case "network":
                guard words.count == 2 else { throw wrong(index + 1, "\"network\" must be followed by one name") }
                name = words[1]
            case "context":
                guard words.count == 1 else { throw wrong(index + 1, "\"context\" must not be followed by anything") }
                startsContext = true
            case _ where HostOp.kinds.contains(kind):
                hostOps.append(try read(words, line: index + 1))
            default:
                var layer = try read(words, line: index + 1)
                layer.startsContext = startsContext
                startsContext = false
                layers.append(layer)
            }
        }
        guard !layers.isEmpty else { throw HailoError(.invalidArgument, "\(file): it describes no layer") }
    }

    private func read(_ words: [String], line: Int) throws(HailoError) -> Layer {
        guard words.count >= 2, !words[1].contains("=") else {
            throw wrong(line, "\"\(words[0])\" must be followed by the name of the layer")
        }
        guard words[0] == "output" || index(ofLayer: words[1]) == nil else {
            throw wrong(line, "there is a layer \"\(words[1])\" already")
        }
        var attributes: [(key: String, value: String)] = []
        for word in words.dropFirst(2) {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw wrong(line, "\"\(word)\" is not of the form key=value") }
            let key = String(parts[0])
            guard !attributes.contains(where: { $0.key == key }) else { throw wrong(line, "\(key) is given twice") }
            attributes.append((key, String(parts[1])))
        }
        let from = words[0] == "output" ? words[1] : attributes.first { $0.key == "from" }?.value ?? ""
        return Layer(
            line: line, kind: words[0], name: words[1], sources: from.split(separator: ",").map { String($0) },
            attributes: attributes.filter { $0.key != "from" })
    }

    /// Lets new contexts begin with these layers.
    package mutating func startContexts(at names: [String]) throws(HailoError) {
        for name in names {
            guard let index = index(ofLayer: name) else {
                throw HailoError(.notFound, "\(file): there is no layer \"\(name)\" that a context could begin with")
            }
            layers[index].startsContext = true
        }
    }

    /// Lets what these layers make go out to memory and come back before others use it.
    package mutating func buffer(_ names: [String]) throws(HailoError) {
        for name in names {
            guard let index = index(ofLayer: name) else {
                throw HailoError(.notFound, "\(file): there is no layer \"\(name)\" whose rows could be buffered")
            }
            let buffered = name + "_rows"
            for later in layers.indices where later > index && layers[later].kind != "output" {
                layers[later].sources = layers[later].sources.map { $0 == name ? buffered : $0 }
            }
            layers.insert(
                Layer(line: layers[index].line, kind: "ddr", name: buffered, sources: [name], attributes: []),
                at: index + 1)
        }
    }

    private func index(ofLayer name: String) -> Int? {
        layers.firstIndex { $0.kind != "output" && $0.name == name }
    }

    func wrong(_ line: Int, _ reason: String) -> HailoError {
        HailoError(.invalidArgument, "\(file), line \(line): \(reason)")
    }
}
