/// What was wrong with how the tool was called.
struct UsageError: Error {
    let message: String
}

/// The words after a command, taken apart: options with and without a value, and the rest.
struct Arguments {
    private(set) var rest: [String] = []
    private var flags: [String] = []
    private var values: [(name: String, value: String)] = []

    /// `flags` take no value, `options` take one, as "--option value" or "--option=value".
    init(_ words: ArraySlice<String>, flags knownFlags: [String], options: [String]) throws(UsageError) {
        var words = words
        while let word = words.popFirst() {
            if word == "--" {
                // What follows is no option, whatever it looks like.
                rest += words
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                rest.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if knownFlags.contains(name), parts.count == 1 {
                flags.append(name)
            } else if options.contains(name) {
                if parts.count == 2 {
                    values.append((name, String(parts[1])))
                } else if let value = words.popFirst() {
                    values.append((name, value))
                } else {
                    throw UsageError(message: "option \(name) needs a value")
                }
            } else {
                throw UsageError(message: "unknown option \(word)")
            }
        }
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }
    func value(_ option: String) -> String? { values.last { $0.name == option }?.value }
    /// All values of an option that may be given several times.
    func values(_ option: String) -> [String] { values.filter { $0.name == option }.map { $0.value } }

    /// The one file that a command works on.
    func onlyFile() throws(UsageError) -> String {
        guard let file = rest.first else { throw UsageError(message: "no file given") }
        guard rest.count == 1 else { throw UsageError(message: "only one file can be given") }
        return file
    }

    /// Refuses words that no command asked for.
    func expectNothingElse() throws(UsageError) {
        if let word = rest.first { throw UsageError(message: "unexpected word \"\(word)\"") }
    }
}
