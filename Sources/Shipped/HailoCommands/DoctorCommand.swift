internal import HailoBase
internal import CHailoPlatform
internal import HailoHEF
internal import Hailo

/// "hailoctl doctor"
enum DoctorCommand {
    private struct Request {
        let path: String
        let device: String
        let frames: Int
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "doctor") { () throws(UsageError) in
            let arguments = try Arguments(words, flags: [], options: ["--device", "--frames"])
            let frames = arguments.value("--frames") ?? "20"
            guard let count = Int(frames), count > 0 else {
                throw UsageError(message: "--frames takes a number from 1, not \"\(frames)\"")
            }
            return Request(
                path: try arguments.onlyFile(), device: arguments.value("--device") ?? "", frames: count)
        }
        try CommandFailure.operation { () throws(HailoError) in try examine(request) }
    }

    private static func examine(_ request: Request) throws(HailoError) {
        let model = try Model.load(path: request.path)
        let device = try Device.open(chosenDevice(request, model))
        guard try device.info.isEmulated else {
            throw HailoError(.invalidArgument, "doctor works only with emulated devices")
        }
        Output.answer("\(request.path) on \(try device.info.id), for \(model.architecture)")
        var complaints: [String] = []
        for options in try SessionArguments.groups(of: model, Session.Options()) {
            let group = options.group ?? ""
            do throws(HailoError) {
                Output.answer("  \(group): \(try run(model, options, on: device, request.frames))")
            } catch {
                complaints.append("\(group): \(error.message)")
            }
        }
        for finding in device.findings {
            complaints.append((finding.kind == .violation ? "violation: " : "refused: ") + finding.text)
        }
        for complaint in complaints { Output.answer("  finding: " + complaint) }
        guard complaints.isEmpty else {
            throw HailoError(.hefInvalid, "\(request.path): \(counted(complaints.count, "finding"))")
        }
        Output.answer("  no findings")
    }

    /// The emulated device that the model was compiled for, unless one is named.
    private static func chosenDevice(_ request: Request, _ model: Model) -> String {
        guard request.device.isEmpty else { return request.device }
        return model.file.architecture.runs(on: .hailo8l) ? "emulator:hailo8l" : "emulator:hailo8"
    }

    /// Sets a group up and passes frames through it in every way that there is, raw where the host has work left to do.
    private static func run(
        _ model: Model, _ options: Session.Options, on device: Device, _ frames: Int
    ) throws(HailoError) -> String {
        let session = try device.configure(model, options: options)
        defer { try? session.close() }
        let isRaw = (try? session.inputs) == nil
        for depth in [1, session.info.queueDepth] {
            try session.activate()
            var loop = try FrameLoop(
                session, isRaw: isRaw, inputs: try RunCommand.streams(session, isRaw: isRaw, direction: .input),
                outputs: try RunCommand.streams(session, isRaw: isRaw, direction: .output), depth: depth,
                milliseconds: 10000)
            defer { loop.close() }
            try loop.run(frames) { _ in }
            try session.deactivate()
        }
        return
            "\(counted(session.info.contexts, "context")), \(2 * frames) frames, \(session.info.dataOrigin.name) outputs"
            + (isRaw ? ", raw, since the host would have to process them" : "")
    }
}
