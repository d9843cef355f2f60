internal import Base
internal import Hailo

/// "hailoctl run"
enum RunCommand {
    private struct Request {
        let path: String
        let device: String?
        let options: Session.Options
        let frames: Int
        let inputs: [FrameFile.Assignment]
        let outputFolder: String?
        let milliseconds: UInt64
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "run") { () throws(UsageError) in try parse(words) }
        try CommandFailure.operation { () throws(HailoError) in try run(request) }
    }

    private static func parse(_ words: ArraySlice<String>) throws(UsageError) -> Request {
        let arguments = try Arguments(
            words, flags: ["--raw"],
            options: ["--device", "--frames", "--input", "--output-dir", "--timeout"] + SessionArguments.names)
        guard let text = arguments.value("--frames") else {
            throw UsageError(message: "how many frames? --frames 0 sets the model up and takes it down again")
        }
        guard let frames = Int(text), frames >= 0 else {
            throw UsageError(message: "--frames takes a number from 0, not \"\(text)\"")
        }
        guard frames == 0 || arguments.has("--raw") else {
            throw UsageError(
                message: "frames run in the chip's own layout only in this version; ask for that with --raw")
        }
        let seconds = arguments.value("--timeout") ?? "10"
        guard let timeout = UInt64(seconds) else {
            throw UsageError(message: "--timeout takes a number of seconds, not \"\(seconds)\"")
        }
        var inputs: [FrameFile.Assignment] = []
        for value in arguments.values("--input") { inputs.append(try FrameFile.Assignment(value)) }
        return Request(
            path: try arguments.onlyFile(), device: arguments.value("--device"),
            options: try SessionArguments.options(arguments), frames: frames, inputs: inputs,
            outputFolder: arguments.value("--output-dir"), milliseconds: timeout.multipliedReportingOverflow(by: 1000).0
        )
    }

    private static func run(_ request: Request) throws(HailoError) {
        let model = try Model.load(path: request.path)
        let device = try Device.open(request.device)
        var sessions: [Session] = []
        for options in try SessionArguments.groups(of: model, request.options) {
            sessions.append(try device.configure(model, options: options))
        }
        try check(request.inputs, sessions)
        for session in sessions {
            try session.activate()
            let seconds = request.frames > 0 ? try runFrames(session, request) : 0
            try session.deactivate()
            Output.answer(describe(session, request.frames, seconds))
        }
        for session in sessions { try session.close() }
        if sessions.isEmpty { Output.answer("the model holds no network group") }
    }

    private static func check(_ inputs: [FrameFile.Assignment], _ sessions: [Session]) throws(HailoError) {
        let names = sessions.flatMap { $0.inputStreams.map { $0.name } }
        for input in inputs where !names.contains(Name(input.name)) {
            throw HailoError(
                .notFound,
                "the model has no input stream \"\(input.name)\"; it has "
                    + names.map { "\"\($0)\"" }.joined(separator: ", "))
        }
    }

    private static func describe(_ session: Session, _ frames: Int, _ seconds: Double) -> String {
        guard frames > 0 else { return "group \(session.info.group): configured, activated and deactivated" }
        let rate = seconds > 0 ? Int(Double(frames) / seconds) : 0
        return "group \(session.info.group): \(frames) frames, \(rate) frames/s"
    }

    /// How many bytes of frames are in memory at once.
    private static let chunkSize = 64 << 20

    /// Runs all frames, some at a time. Returns the seconds that the runs took.
    private static func runFrames(_ session: Session, _ request: Request) throws(HailoError) -> Double {
        let inputs = session.inputStreams
        let outputs = session.outputStreams
        var sources: [FrameFile.Source] = []
        for stream in inputs {
            let path = request.inputs.last { Name($0.name) == stream.name }?.path
            sources.append(try FrameFile.Source(path, frameSize: stream.frameSize))
        }
        var sinks: [FrameFile.Sink] = []
        for stream in outputs { sinks.append(try FrameFile.Sink(request.outputFolder, stream.name.text)) }
        defer { for sink in sinks { sink.close() } }

        let frameSize = max((inputs + outputs).reduce(0) { $0 + $1.frameSize }, 1)
        let batch = Int(session.info.batchSize)
        let chunk = max(chunkSize / frameSize / batch, 1) * batch
        var seconds = 0.0
        var first = 0
        while first < request.frames {
            let count = min(chunk, request.frames - first)
            let source = sources.map { $0.frames(from: first, count: count) }
            let target = outputs.map {
                UnsafeMutableRawBufferPointer.allocate(byteCount: $0.frameSize * count, alignment: 64)
            }
            defer {
                for buffer in source { buffer.deallocate() }
                for buffer in target { buffer.deallocate() }
            }
            let start = Clock.now
            try session.runRaw(
                count: count, inputs: source.map { UnsafeRawBufferPointer($0) }, outputs: target,
                milliseconds: request.milliseconds)
            seconds += Double(Clock.now - start) / 1e9
            for (sink, buffer) in zip(sinks, target) { try sink.write(UnsafeRawBufferPointer(buffer)) }
            first += count
        }
        return seconds
    }
}
