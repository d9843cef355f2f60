internal import HailoBase
internal import Hailo

/// A command: its name, its help text and what it does.
private struct Command {
    let name: String
    let help: String
    let run: (ArraySlice<String>) throws(CommandFailure) -> Void
}

private enum ExitStatus {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2
    // As shells have it, of a command that is run by another.
    static let cannotRun: Int32 = 126
    static let notFound: Int32 = 127
}

/// What those who know the vendor's tool may be looking for.
private let hints: [(words: [StaticString], command: StaticString)] = [
    (["scan"], "devices"), (["fw-control"], "info"), (["fw-control", "identify"], "info"), (["parse-hef"], "inspect"),
    (["measure-power"], "info --power"), (["sensor-config"], "info"), (["benchmark"], "run"), (["run2"], "run"),
    (["identify"], "info"),
]

/// Runs the tool with the process's arguments and returns its exit status.
@_cdecl("hailoctl_run")
public func hailoctlRun(
    _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
    var words: [String] = []
    if let arguments {
        for index in 0..<Int(count) {
            if let argument = arguments[index] { words.append(String(cString: argument)) }
        }
    }
    Log.send(from: .warning) { _, message in Output.complain("warning: " + message) }
    let status = run(words.dropFirst())
    if let failure = Output.failure {
        Output.complain(failure.message)
        return max(status, ExitStatus.failure)
    }
    return status
}

/// What a program that asked for JSON gets in place of an answer.
private func failureReport(_ failure: HailoError) -> String {
    var json = JSONWriter()
    json.object { report in
        report.object("error") { error in
            error.string("status", failure.status.name)
            error.string("message", failure.message)
            switch failure.cause {
            case .system(let errno): error.number("system_error", errno)
            case .firmware(let status): error.string("firmware_status", status.hexadecimal)
            case nil: break
            }
        }
    }
    return json.text
}

private func run(_ words: ArraySlice<String>) -> Int32 {
    let commands = [
        Command(name: "devices", help: Help.devices, run: DevicesCommand.run),
        Command(name: "info", help: Help.info, run: InfoCommand.run),
        Command(name: "inspect", help: Help.inspect, run: InspectCommand.run),
        Command(name: "plan", help: Help.plan, run: PlanCommand.run),
        Command(name: "run", help: Help.run, run: RunCommand.run),
        Command(name: "monitor", help: Help.monitor, run: MonitorCommand.run),
        Command(name: "doctor", help: Help.doctor, run: DoctorCommand.run),
        Command(name: "emulate", help: Help.emulate, run: EmulateCommand.run),
        Command(name: "compile-emulated", help: Help.compile, run: CompileCommand.run),
    ]
    guard let first = words.first else {
        Output.complain("no command given; \"hailoctl --help\" lists them")
        return ExitStatus.usage
    }
    switch first {
    case "--help", "-h", "help":
        if let topic = words.dropFirst().first, let command = commands.first(where: { $0.name == topic }) {
            Output.answer(command.help)
        } else {
            Output.answer(Help.general)
        }
        return ExitStatus.success
    case "--version", "version":
        Output.answer("hailoctl " + Library.version)
        return ExitStatus.success
    default:
        break
    }
    guard let command = commands.first(where: { $0.name == first }) else {
        let hint = hints.last { zip($0.words, words).allSatisfy { "\($0)" == $1 } && $0.words.count <= words.count }
        Output.complain(
            "there is no command \"\(first)\""
                + (hint.map { "; you may be looking for \"hailoctl \($0.command)\"" } ?? "")
                + "; \"hailoctl --help\" lists the commands")
        return ExitStatus.usage
    }
    let rest = words.dropFirst()
    // What follows "--" is meant for somebody else.
    if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        Output.answer(command.help)
        return ExitStatus.success
    }
    do throws(CommandFailure) {
        try command.run(rest)
        return ExitStatus.success
    } catch {
        if case .failed(let failure) = error, rest.prefix(while: { $0 != "--" }).contains("--json") {
            Output.answer(failureReport(failure))
        }
        switch error {
        case .usage(let name, let message):
            Output.complain("\(message); \"hailoctl \(name) --help\" explains the command")
            return ExitStatus.usage
        case .failed(let failure):
            Output.complain(failure.message)
            return ExitStatus.failure
        case .findings(let summary):
            Output.complain(summary)
            return ExitStatus.failure
        case .cannotRun(let failure, let isMissing):
            Output.complain(failure.message)
            return isMissing ? ExitStatus.notFound : ExitStatus.cannotRun
        }
    }
}
