internal import Base
internal import Hailo

/// "hailoctl run"
enum RunCommand {
    private struct Request {
        let path: String
        let device: String?
        let options: Session.Options
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "run") { () throws(UsageError) in try parse(words) }
        try CommandFailure.operation { () throws(HailoError) in try run(request) }
    }

    private static func parse(_ words: ArraySlice<String>) throws(UsageError) -> Request {
        let arguments = try Arguments(words, flags: [], options: ["--device", "--frames"] + SessionArguments.names)
        guard let frames = arguments.value("--frames") else {
            throw UsageError(message: "how many frames? --frames 0 sets the model up and takes it down again")
        }
        guard frames == "0" else {
            throw UsageError(message: "--frames takes 0: this version sets models up, it does not run frames yet")
        }
        return Request(
            path: try arguments.onlyFile(), device: arguments.value("--device"),
            options: try SessionArguments.options(arguments))
    }

    private static func run(_ request: Request) throws(HailoError) {
        let model = try Model.load(path: request.path)
        let device = try Device.open(request.device)
        var sessions: [Session] = []
        for options in try SessionArguments.groups(of: model, request.options) {
            sessions.append(try device.configure(model, options: options))
        }
        for session in sessions {
            try session.activate()
            try session.deactivate()
            Output.answer("group \(session.info.group): configured, activated and deactivated")
        }
        for session in sessions { try session.close() }
        if sessions.isEmpty { Output.answer("the model holds no network group") }
    }
}
