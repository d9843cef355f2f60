internal import HailoBase
internal import CHailoPlatform
internal import Hailo

/// "hailoctl emulate"
enum EmulateCommand {
    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let (settings, log, command) = try CommandFailure.usage(of: "emulate") { () throws(UsageError) in
            // What follows "--" belongs to the command, whatever it looks like.
            let own = words.prefix { $0 != "--" }
            let arguments = try Arguments(own, flags: [], options: ["--log", "--settings"])
            try arguments.expectNothingElse()
            let command = Array(words[own.endIndex...].dropFirst())
            guard !command.isEmpty else { throw UsageError(message: "no command given; it must follow \"--\"") }
            return (arguments.value("--settings"), arguments.value("--log"), command)
        }
        try CommandFailure.operation { () throws(HailoError) in
            if let settings {
                try EmulatedDevices.configure(settings)
                setenv("HAILOSWIFT_EMULATOR", settings, 1)
            }
            if let log {
                guard ["silent", "warning", "refusals"].contains(log) else {
                    throw HailoError(.invalidArgument, "--log takes silent, warning or refusals, not \"\(log)\"")
                }
                setenv("HAILOSWIFT_EMULATOR_LOG", log, 1)
            }
            let others = Environment.value("LD_PRELOAD").map { ":" + $0 } ?? ""
            setenv("LD_PRELOAD", try library() + others, 1)
        }
        throw replace(by: command)
    }

    private static let fileName = "libhailo-emulator.so"

    /// Where the library is: where the environment says, beside the tool, or where it is installed with it.
    private static func library() throws(HailoError) -> String {
        var candidates: [String] = []
        if let path = Environment.value("HAILOSWIFT_EMULATOR_LIBRARY") {
            candidates = [path]
        } else {
            var path = [CChar](repeating: 0, count: 4096)
            let length = readlink("/proc/self/exe", &path, path.count - 1)
            let tool = length > 0 ? String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
            let folder = tool.split(separator: "/").dropLast().map { "/" + String($0) }.joined(separator: "")
            candidates = [folder + "/" + fileName, folder + "/../lib/hailoswift/" + fileName]
        }
        for candidate in candidates where access(candidate, R_OK) == 0 { return candidate }
        throw HailoError(
            .notFound,
            "there is no \(fileName) at \(candidates.joined(separator: " or ")); build it with scripts/build, or say where it is "
                + "in HAILOSWIFT_EMULATOR_LIBRARY")
    }

    /// Lets the command take this process over. Returns, with the reason, only if that fails.
    private static func replace(by command: [String]) -> CommandFailure {
        var pointers: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        pointers.append(nil)
        execvp(command[0], pointers)
        let number = hailoplatform_errno()
        return .cannotRun(
            HailoError(
                .notFound, "cannot run \(command[0]): \(String(cString: strerror(number)))",
                cause: .system(errno: number)),
            isMissing: number == ENOENT)
    }
}
