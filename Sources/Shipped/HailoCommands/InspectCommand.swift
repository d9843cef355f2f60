internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import Hailo

/// "hailoctl inspect"
enum InspectCommand {
    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let (arguments, path) = try CommandFailure.usage(of: "inspect") { () throws(UsageError) in
            let arguments = try Arguments(words, flags: ["--json"], options: [])
            return (arguments, try arguments.onlyFile())
        }
        let file = try CommandFailure.operation { () throws(HailoError) in try Model.load(path: path).file }
        Output.answer(arguments.has("--json") ? file.report() : describe(file, Output.width))
    }

    /// With a width, in lines of at most so many characters.
    private static func describe(_ file: HefFile, _ width: Int?) -> String {
        var lines = [
            Table([
                ["compiled for", file.architecture.name + runsOn(file.architecture)],
                ["compiler", file.compilerVersion.isEmpty ? "unknown" : file.compilerVersion],
                ["header version", "\(file.container.version)"],
                ["hash", file.container.hash],
            ]).text(width: width)
        ]
        for resource in file.externalResources {
            lines.append("external resource \(resource.name): \(resource.size) bytes")
        }
        for group in file.groups { lines.append(describe(group, width.map { $0 - indentation })) }
        if file.groups.isEmpty { lines.append("It contains no network.") }
        return lines.joined(separator: "\n\n")
    }

    private static func runsOn(_ architecture: CompiledArchitecture) -> String {
        switch (architecture.runs(on: .hailo8), architecture.runs(on: .hailo8l)) {
        case (true, true): " (runs on Hailo-8L and Hailo-8)"
        case (true, false): " (runs on Hailo-8)"
        default: " (runs neither on Hailo-8 nor on Hailo-8L)"
        }
    }

    private static let indentation = 2

    private static func describe(_ group: NetworkGroup, _ width: Int?) -> String {
        var lines = ["network group \(group.name)"]
        var facts = [["networks", group.networkNames.map { $0.text }.joined(separator: ", ")]]
        let rate = group.firstInFile.bottleneckFPS
        if rate > 0 { facts.append(["expected rate", "\(rounded(rate)) frames/s"]) }
        let layouts = group.layouts.filter { $0.clusters != NetworkGroup.anyClusters }
        if !layouts.isEmpty {
            facts.append(["cluster layouts", layouts.map { $0.clusters.hexadecimal }.joined(separator: ", ")])
        }
        lines.append(indented(Table(facts).text(width: width)))

        var tensors = [["", "NAME", "SHAPE", "TYPE", "ORDER", "BYTES", "SCALE", "ZERO POINT"]]
        for input in group.inputs() { tensors.append(["input"] + row(input)) }
        for output in group.outputs() { tensors.append(["output"] + row(output)) }
        lines.append(indented(Table(tensors).text(width: width)))

        var streams = [["", "STREAM", "INDEX", "SHAPE ON CHIP", "ORDER", "BYTES"]]
        for stream in group.inputStreams() { streams.append(["to chip"] + row(stream)) }
        for stream in group.outputStreams() { streams.append(["from chip"] + row(stream)) }
        lines.append(indented(Table(streams).text(width: width)))

        lines.append(indented(Table(contexts(group.coreOp)).text(width: width)))
        for op in group.postOps {
            let inputs = op.inputs.map { $0.name.text }.joined(separator: ", ")
            let text = "on the host: \(op.name) makes \(op.output.name) from \(inputs)"
            lines.append(indented(Table.wrapped(text, width ?? .max).joined(separator: "\n  ")))
        }
        return lines.joined(separator: "\n\n")
    }

    private static func row(_ tensor: Tensor) -> [String] {
        let extent =
            switch tensor.extent {
            case .shape(let shape): text(shape)
            case .boxes(let boxes): "\(counted(boxes.classes, "class")), \(counted(boxes.maximumPerClass, "box")) each"
            }
        return [
            tensor.name.text, extent, FormatWords.word(tensor.format.type), FormatWords.word(tensor.format.order),
            "\(tensor.frameSize)",
            tensor.quantization.scale == 0 ? "-" : "\(tensor.quantization.scale)",
            // Without a scale for the whole tensor, each feature has its own.
            tensor.quantization.scale == 0 ? "-" : "\(tensor.quantization.zeroPoint)",
        ]
    }

    private static func row(_ stream: Layer) -> [String] {
        [
            stream.name.text, "\(stream.stream)", stream.nms == nil ? text(stream.hardwareShape) : "boxes",
            FormatWords.word(stream.format.order), "\(stream.hardwareFrameSize)",
        ]
    }

    private static func text(_ shape: Shape) -> String { "\(shape.height)x\(shape.width)x\(shape.features)" }

    /// One line for each part of the network: its layers, its actions and how much configuration it loads.
    private static func contexts(_ coreOp: CoreOp) -> [[String]] {
        var rows = [["CONTEXT", "LAYERS", "CONFIGURATION", "ACTIONS"]]
        rows.append(["preliminary", "-"] + summary(coreOp.preliminary))
        for (index, context) in coreOp.contexts.enumerated() {
            var parts: [String] = []
            let kinds: [(Context.Selection, String)] = [
                (.boundary, "at the host"), (.interContext, "between contexts"), (.ddr, "DDR"), (.cache, "cache"),
            ]
            for (selection, name) in kinds {
                let count = context.inputs(selection).count + context.outputs(selection).count
                if count > 0 { parts.append("\(count) \(name)") }
            }
            rows.append(
                ["\(index)", parts.isEmpty ? "-" : parts.joined(separator: ", ")] + summary(context.operations))
        }
        return rows
    }

    private static func summary(_ operations: Series<Operation>) -> [String] {
        var bytes: UInt64 = 0
        var names: [String] = []
        var counts: [Int] = []
        for operation in operations {
            for action in operation.actions {
                if case .writeConfiguration(_, _, let size) = action { bytes = bytes &+ size }
                if let index = names.firstIndex(where: { $0.utf8.elementsEqual(action.name.utf8) }) {
                    counts[index] += 1
                } else {
                    names.append(action.name)
                    counts.append(1)
                }
            }
        }
        let actions = zip(names, counts).map { "\($1) x \($0)" }.joined(separator: ", ")
        return ["\(bytes) bytes", actions.isEmpty ? "-" : actions]
    }

    /// With one digit behind the point.
    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }
}
