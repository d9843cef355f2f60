internal import HailoBase
internal import HailoFormats
internal import Hailo
internal import HailoNetworkCompiler

/// "hailoctl compile-emulated"
enum CompileCommand {
    private struct Request {
        let path: String
        let weights: String?
        let output: String
        let chip: Chip
        let contexts: [String]
        let buffers: [String]
    }

    /// What programs for the emulated core can be made of is much smaller.
    private static let largestText = 1 << 22
    private static let largestArchive = 1 << 28

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "compile-emulated") { () throws(UsageError) in try parse(words) }
        try CommandFailure.operation { () throws(HailoError) in
            let text = String(decoding: try FileBytes.read(request.path, atMost: largestText), as: UTF8.self)
            var description = try NetworkDescription(text, file: request.path)
            // The buffers first, so that a context may begin behind one.
            try description.buffer(request.buffers)
            try description.startContexts(at: request.contexts)
            var arrays: NumpyArchive?
            if let weights = request.weights {
                arrays = try NumpyArchive(try FileBytes.read(weights, atMost: largestArchive), file: weights)
            }
            let file = try NetworkCompiler.compile(description, arrays, for: request.chip)
            // Whatever was compiled, it has to be a model that can be loaded.
            _ = try Model.load(bytes: file)
            try OutputFile.write(file, to: request.output)
            Output.answer("\(request.output): \(file.count) bytes")
        }
    }

    private static func parse(_ words: ArraySlice<String>) throws(UsageError) -> Request {
        let arguments = try Arguments(
            words, flags: [], options: ["--arch", "--buffer", "--context", "--output", "--weights"])
        let path = try arguments.onlyFile()
        guard let output = arguments.value("--output") else {
            throw UsageError(message: "--output FILE is required")
        }
        let chip: Chip
        switch arguments.value("--arch") {
        case nil, "hailo8": chip = .hailo8
        case "hailo8l": chip = .hailo8l
        case .some(let name): throw UsageError(message: "--arch takes hailo8 or hailo8l, not \"\(name)\"")
        }
        return Request(
            path: path, weights: arguments.value("--weights"), output: output, chip: chip,
            contexts: arguments.values("--context"), buffers: arguments.values("--buffer"))
    }
}
