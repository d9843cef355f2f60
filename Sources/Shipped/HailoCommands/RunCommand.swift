internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import Hailo

/// "hailoctl run"
enum RunCommand {
    private struct Request {
        let path: String
        let device: String?
        let options: Session.Options
        /// nil for as many as the input files have.
        let frames: Int?
        let depth: Int?
        let isRaw: Bool
        let isJSON: Bool
        let inputForm: Form
        let outputForm: Form
        let inputs: [FrameFile.Assignment]
        let outputFolder: String?
        let detections: DetectionArguments
        let showsDetections: Bool
        let picturePath: String?
        let milliseconds: UInt64
    }

    /// The numbers of inputs or outputs and their order.
    private struct Form {
        let type: NumberType
        let order: Order
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "run") { () throws(UsageError) in try parse(words) }
        try CommandFailure.operation { () throws(HailoError) in try run(request) }
    }

    private static func parse(_ words: ArraySlice<String>) throws(UsageError) -> Request {
        let arguments = try Arguments(
            words, flags: ["--detections", "--json", "--raw"],
            options: [
                "--async", "--device", "--draw", "--frames", "--input", "--input-order", "--input-type", "--order",
                "--output-dir", "--timeout", "--type",
            ] + SessionArguments.names + DetectionArguments.names)
        let frames = try number(arguments, "--frames", from: 0)
        let depth = try number(arguments, "--async", from: 1)
        let seconds = arguments.value("--timeout") ?? "10"
        guard let timeout = UInt64(seconds) else {
            throw UsageError(message: "--timeout takes a number of seconds, not \"\(seconds)\"")
        }
        var inputs: [FrameFile.Assignment] = []
        for value in arguments.values("--input") { inputs.append(try FrameFile.Assignment(value)) }
        guard !arguments.has("--raw") || !arguments.has("--detections") && arguments.value("--draw") == nil else {
            throw UsageError(message: "raw frames contain no detections that --detections or --draw could show")
        }
        return Request(
            path: try arguments.onlyFile(), device: arguments.value("--device"),
            options: try SessionArguments.options(arguments), frames: frames, depth: depth,
            isRaw: arguments.has("--raw"), isJSON: arguments.has("--json"),
            inputForm: try form(arguments, "--input-"), outputForm: try form(arguments, "--"), inputs: inputs,
            outputFolder: arguments.value("--output-dir"), detections: try DetectionArguments(arguments),
            showsDetections: arguments.has("--detections"), picturePath: arguments.value("--draw"),
            milliseconds: timeout > .max / 1000 ? .max : timeout * 1000
        )
    }

    private static func number(
        _ arguments: Arguments, _ option: String, from least: Int
    ) throws(UsageError) -> Int? {
        guard let text = arguments.value(option) else { return nil }
        guard let number = Int(text), number >= least else {
            throw UsageError(message: "\(option) takes a number from \(least), not \"\(text)\"")
        }
        return number
    }

    private static func form(_ arguments: Arguments, _ prefix: String) throws(UsageError) -> Form {
        Form(type: try type(arguments, prefix + "type"), order: try order(arguments, prefix + "order"))
    }

    private static func type(_ arguments: Arguments, _ option: String) throws(UsageError) -> NumberType {
        guard let text = arguments.value(option) else { return .automatic }
        guard let type = FormatWords.type(text) else {
            throw UsageError(message: "\(option) takes auto, u8, u16 or f32, not \"\(text)\"")
        }
        return type
    }

    private static func order(_ arguments: Arguments, _ option: String) throws(UsageError) -> Order {
        guard let text = arguments.value(option) else { return .automatic }
        guard let order = FormatWords.order(text) else {
            throw UsageError(
                message:
                    "\(option) takes auto, by-class, by-score, with-masks or the name of an order such as nhwc and nchw, not \"\(text)\""
            )
        }
        return order
    }

    private static func run(_ request: Request) throws(HailoError) {
        let model = try Model.load(path: request.path)
        let device = try Device.open(request.device)
        var sessions: [Session] = []
        for options in try SessionArguments.groups(of: model, request.options) {
            sessions.append(try device.configure(model, options: options))
        }
        if request.frames != 0, !request.isRaw {
            for session in sessions { try choose(request, session) }
        }
        try check(request, sessions)
        var report = RunReport(path: request.path, try device.info)
        for session in sessions {
            try session.activate()
            let group = try runFrames(session, model, request)
            try session.deactivate()
            report.groups.append(group)
            if !request.isJSON {
                Output.answer(group.text)
                for found in group.found { Output.answer(found.text) }
                for file in group.files { Output.answer("wrote \(file)") }
            }
        }
        for session in sessions { try session.close() }
        if request.isJSON {
            Output.answer(report.json)
        } else if sessions.isEmpty {
            Output.answer("the model contains no network group")
        }
    }

    private static func choose(_ request: Request, _ session: Session) throws(HailoError) {
        for (ports, form) in [
            (try session.inputs, request.inputForm), (try session.outputs, request.outputForm),
        ] {
            // The order of boxes is meant for outputs that have some.
            for port in ports where !form.order.isNms || port.boxes != nil {
                try session.setFormat(type: form.type, order: form.order, of: port.direction, named: port.name)
            }
        }
        try request.detections.apply(to: session)
    }

    /// The inputs or outputs of a session in the form in which they run.
    private static func streams(
        _ session: Session, _ request: Request, direction: Direction
    ) throws(HailoError) -> [FrameLoop.Stream] {
        try streams(session, isRaw: request.isRaw, direction: direction) { name in
            direction == .output
                ? request.outputFolder : request.inputs.last { $0.name == name || $0.name == nil }?.path
        }
    }

    static func streams(
        _ session: Session, isRaw: Bool, direction: Direction, path: (String) -> String? = { _ in nil }
    ) throws(HailoError) -> [FrameLoop.Stream] {
        func stream(_ name: String, _ size: Int) -> FrameLoop.Stream {
            FrameLoop.Stream(name: name, frameSize: size, path: path(name))
        }
        if isRaw {
            return (direction == .output ? session.outputStreams : session.inputStreams).map {
                stream($0.name.text, $0.frameSize)
            }
        }
        return (direction == .output ? try session.outputs : try session.inputs).map { stream($0.name, $0.frameSize) }
    }

    private static func check(_ request: Request, _ sessions: [Session]) throws(HailoError) {
        guard !request.inputs.isEmpty else { return }
        var names: [String] = []
        for session in sessions {
            let inputs = try streams(session, request, direction: .input).map { $0.name }
            names += inputs
            guard inputs.count == 1 || !request.inputs.contains(where: { $0.name == nil }) else {
                throw HailoError(
                    .invalidArgument,
                    "group \"\(session.info.group)\" has \(inputs.count) inputs; --input takes NAME=PATH for each: "
                        + inputs.map { "\"\($0)\"" }.joined(separator: ", "))
            }
        }
        for case let name? in request.inputs.map({ $0.name }) where !names.contains(name) {
            throw HailoError(
                .notFound,
                "the model has no input \"\(name)\"; it has " + names.map { "\"\($0)\"" }.joined(separator: ", "))
        }
        guard request.inputs.filter({ FrameFile.isStandardInput($0.path) }).count <= 1,
            sessions.count == 1
                || !request.inputs.contains(where: { FrameFile.isStandardInput($0.path) })
        else {
            throw HailoError(.invalidArgument, "standard input can be read only once; choose one input and one --group")
        }
    }

    private static func runFrames(
        _ session: Session, _ model: Model, _ request: Request
    ) throws(HailoError) -> RunReport.Group {
        if request.frames == 0 { return RunReport.Group(name: session.info.group, frames: 0, depth: 0, outputs: []) }
        let outputs = try streams(session, request, direction: .output)
        let depth = request.depth ?? session.info.queueDepth
        var loop = try FrameLoop(
            session, isRaw: request.isRaw, inputs: try streams(session, request, direction: .input), outputs: outputs,
            depth: depth, milliseconds: request.milliseconds)
        defer { loop.close() }
        let count = request.frames ?? loop.frameCount
        if request.showsDetections || request.picturePath != nil {
            loop.view = try DetectionView(
                session, path: request.picturePath, frameCount: count, keepsFound: request.showsDetections)
        }
        let showsProgress = Output.isErrorTerminal && !request.isJSON
        var shown = Clock.now
        try loop.run(count) { frame in
            guard showsProgress, Clock.now - shown > 200_000_000 else { return }
            shown = Clock.now
            Output.progress("\(session.info.group): \(frame) of \(counted(count, "frame"))")
        }
        if showsProgress { Output.progress("") }
        var group = RunReport.Group(name: session.info.group, frames: count, depth: depth, outputs: outputs)
        group.origin = session.info.dataOrigin
        group.timing = loop.timing
        group.found = loop.view?.found ?? []
        group.pictures = loop.view?.pictures ?? []
        return group
    }
}
