internal import Base
internal import HEF
internal import Hailo

/// "hailoctl run"
enum RunCommand {
    private struct Request {
        let path: String
        let device: String?
        let options: Session.Options
        let frames: Int
        let isRaw: Bool
        let inputForm: Form
        let outputForm: Form
        let inputs: [FrameFile.Assignment]
        let outputFolder: String?
        let milliseconds: UInt64
    }

    /// The numbers of inputs or outputs and their order.
    private struct Form {
        let type: Session.HostType
        let order: UInt32
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "run") { () throws(UsageError) in try parse(words) }
        try CommandFailure.operation { () throws(HailoError) in try run(request) }
    }

    private static func parse(_ words: ArraySlice<String>) throws(UsageError) -> Request {
        let arguments = try Arguments(
            words, flags: ["--raw"],
            options: [
                "--device", "--frames", "--input", "--input-order", "--input-type", "--order", "--output-dir",
                "--timeout", "--type",
            ] + SessionArguments.names)
        guard let text = arguments.value("--frames") else {
            throw UsageError(message: "how many frames? --frames 0 sets the model up and takes it down again")
        }
        guard let frames = Int(text), frames >= 0 else {
            throw UsageError(message: "--frames takes a number from 0, not \"\(text)\"")
        }
        let seconds = arguments.value("--timeout") ?? "10"
        guard let timeout = UInt64(seconds) else {
            throw UsageError(message: "--timeout takes a number of seconds, not \"\(seconds)\"")
        }
        var inputs: [FrameFile.Assignment] = []
        for value in arguments.values("--input") { inputs.append(try FrameFile.Assignment(value)) }
        return Request(
            path: try arguments.onlyFile(), device: arguments.value("--device"),
            options: try SessionArguments.options(arguments), frames: frames, isRaw: arguments.has("--raw"),
            inputForm: try form(arguments, "--input-"), outputForm: try form(arguments, "--"), inputs: inputs,
            outputFolder: arguments.value("--output-dir"), milliseconds: timeout > .max / 1000 ? .max : timeout * 1000
        )
    }

    private static func form(_ arguments: Arguments, _ prefix: String) throws(UsageError) -> Form {
        Form(type: try type(arguments, prefix + "type"), order: try order(arguments, prefix + "order"))
    }

    private static func type(_ arguments: Arguments, _ option: String) throws(UsageError) -> Session.HostType {
        switch arguments.value(option) {
        case nil, "auto": .automatic
        case "u8": .uint8
        case "u16": .uint16
        case "f32": .float32
        case .some(let name): throw UsageError(message: "\(option) takes auto, u8, u16 or f32, not \"\(name)\"")
        }
    }

    private static func order(_ arguments: Arguments, _ option: String) throws(UsageError) -> UInt32 {
        guard let name = arguments.value(option), name != "auto" else { return Order.automatic.rawValue }
        for order in [Order.nhwc, .nhcw, .fcr, .f8cr, .nhw, .nc, .rgb888, .nchw, .yuy2, .nv12, .nv21, .rgb4, .i420]
        where Output.lowered(order.name) == name { return order.rawValue }
        throw UsageError(
            message: "\(option) takes auto or the name of an order such as nhwc and nchw, not \"\(name)\"")
    }

    private static func run(_ request: Request) throws(HailoError) {
        let model = try Model.load(path: request.path)
        let device = try Device.open(request.device)
        var sessions: [Session] = []
        for options in try SessionArguments.groups(of: model, request.options) {
            sessions.append(try device.configure(model, options: options))
        }
        if request.frames > 0, !request.isRaw {
            for session in sessions { try choose(request, session) }
        }
        try check(request, sessions)
        for session in sessions {
            try session.activate()
            let seconds = request.frames > 0 ? try runFrames(session, request) : 0
            try session.deactivate()
            Output.answer(describe(session, request.frames, seconds))
        }
        for session in sessions { try session.close() }
        if sessions.isEmpty { Output.answer("the model holds no network group") }
    }

    private static func choose(_ request: Request, _ session: Session) throws(HailoError) {
        for (ports, isOutput, form) in [
            (try session.inputs, false, request.inputForm), (try session.outputs, true, request.outputForm),
        ] {
            for port in ports {
                try session.choose(port.name, isOutput: isOutput, type: form.type, order: form.order)
            }
        }
    }

    /// The inputs or outputs of a session in the form in which they run.
    private static func frames(
        _ session: Session, _ request: Request, isOutput: Bool
    ) throws(HailoError) -> [Session.RawStream] {
        if request.isRaw { return isOutput ? session.outputStreams : session.inputStreams }
        let ports = isOutput ? try session.outputs : try session.inputs
        return ports.map { Session.RawStream(name: Name($0.name), frameSize: $0.frameSize) }
    }

    private static func check(_ request: Request, _ sessions: [Session]) throws(HailoError) {
        guard !request.inputs.isEmpty else { return }
        var names: [Name] = []
        for session in sessions { names += try frames(session, request, isOutput: false).map { $0.name } }
        for input in request.inputs where !names.contains(Name(input.name)) {
            throw HailoError(
                .notFound,
                "the model has no input \"\(input.name)\"; it has "
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
        let inputs = try frames(session, request, isOutput: false)
        let outputs = try frames(session, request, isOutput: true)
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
            let given = source.map { UnsafeRawBufferPointer($0) }
            if request.isRaw {
                try session.runRaw(
                    count: count, inputs: given, outputs: target, milliseconds: request.milliseconds)
            } else {
                try session.run(count: count, inputs: given, outputs: target, milliseconds: request.milliseconds)
            }
            seconds += Double(Clock.now - start) / 1e9
            for (sink, buffer) in zip(sinks, target) { try sink.write(UnsafeRawBufferPointer(buffer)) }
            first += count
        }
        return seconds
    }
}
