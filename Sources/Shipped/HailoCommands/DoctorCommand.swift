internal import HailoBase
internal import CHailoPlatform
internal import HailoHEF
internal import Hailo

/// "hailoctl doctor"
enum DoctorCommand {
    private struct Request {
        /// nil to examine the machine.
        let path: String?
        let device: String
        let frames: Int
        /// Where the record goes; nil if none is wanted.
        let folder: String?
        let files: SystemFiles
        let isJSON: Bool
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "doctor") { () throws(UsageError) in
            let arguments = try Arguments(
                words, flags: ["--json"], options: ["--device", "--frames", "--record", "--root"])
            let frames = arguments.value("--frames") ?? "20"
            guard let count = Int(frames), count > 0 else {
                throw UsageError(message: "--frames takes a number from 1, not \"\(frames)\"")
            }
            let request = Request(
                path: arguments.rest.isEmpty ? nil : try arguments.onlyFile(),
                device: arguments.value("--device") ?? "",
                frames: count, folder: arguments.value("--record"),
                files: SystemFiles(root: arguments.value("--root") ?? ""), isJSON: arguments.has("--json"))
            let examinesMachine = request.path == nil || request.folder != nil
            guard examinesMachine || !request.isJSON && request.files.isThisMachine else {
                throw UsageError(message: "--json and --root are for the examination of a machine, without a file")
            }
            guard request.files.isThisMachine || request.folder == nil else {
                throw UsageError(message: "--record is for this machine, without --root")
            }
            guard request.folder != nil || request.path != nil || request.device.isEmpty else {
                throw UsageError(message: "--device needs a file, or --record")
            }
            return request
        }
        if request.folder == nil, let path = request.path {
            return try CommandFailure.operation { () throws(HailoError) in try examine(path, request) }
        }
        let problems = try CommandFailure.operation { () throws(HailoError) in try examineMachine(request) }
        guard problems == 0 else { throw .findings("\(counted(problems, "problem")) found") }
    }

    /// Returns the number of problems.
    private static func examineMachine(_ request: Request) throws(HailoError) -> Int {
        var record: DiagnosticRecord?
        if let folder = request.folder { record = try DiagnosticRecord(in: folder) }
        var examination = MachineExamination(request.files)
        examination.run()
        let findings = examination.findings
        Output.answer(
            request.isJSON ? MachineFinding.json(findings) : MachineFinding.text(findings, width: Output.width))
        if record != nil {
            record?.add(findings)
            record?.add(run: recordedRun(request))
            let path = try record?.finish("hailoctl " + Library.version) ?? ""
            Output.complain(
                "wrote \(path). It contains no names of users, hosts or files, but the serial number of the card. Attach "
                    + "it to a report: docs/first-run-on-hardware.md")
        }
        return findings.count { $0.verdict == .problem }
    }

    /// Runs a model on the device, and says how that went; a failure belongs into the record too.
    private static func recordedRun(_ request: Request) -> String {
        do throws(HailoError) {
            let device = try Device.open(request.device.isEmpty ? nil : request.device)
            guard let path = request.path ?? DiagnosticRecord.installedModel(for: device) else {
                return "no model was given, and none was found on this machine"
            }
            // Its message would have the path in it, and with that perhaps a user's name.
            guard let model = try? Model.load(path: path) else { return "the model cannot be loaded" }
            var lines = ["\(path.split(separator: "/").last ?? "model") for \(model.architecture)"]
            for options in try SessionArguments.groups(of: model, Session.Options()) {
                let result = try run(model, options, on: device, request.frames)
                lines.append("\(options.group ?? ""): \(result)")
            }
            return lines.joined(separator: "\n")
        } catch {
            return "\(error.status.name): \(error.message)"
        }
    }

    private static func examine(_ path: String, _ request: Request) throws(HailoError) {
        let model = try Model.load(path: path)
        let device = try Device.open(chosenDevice(request, model))
        guard try device.info.isEmulated else {
            throw HailoError(.invalidArgument, "doctor runs models only on emulated devices, unless --record is given")
        }
        Output.answer("\(path) on \(try device.info.id), for \(model.architecture)")
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
            throw HailoError(.hefInvalid, "\(path): \(counted(complaints.count, "finding"))")
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
