internal import HailoBase
internal import CHailoPlatform

/// Where the tool writes: answers to standard output, everything else to standard error.
enum Output {
    /// Why an answer could not be written; nil as long as all could.
    nonisolated(unsafe) private(set) static var failure: HailoError?

    static func answer(_ text: String) {
        let number = write(text + "\n", to: STDOUT_FILENO)
        // A reader that went away early (a pager, head) is no failure of the tool's.
        guard number != 0, number != EPIPE, failure == nil else { return }
        failure = HailoError(
            .fileError, "cannot write to standard output (\(String(cString: strerror(number))))",
            cause: .system(errno: number))
    }

    static func complain(_ text: String) { _ = write("hailoctl: " + text + "\n", to: STDERR_FILENO) }

    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) != 0 }

    /// How many characters fit on a line of standard output; nil where that is no terminal.
    static var width: Int? {
        let columns = hailoplatform_terminal_width(STDOUT_FILENO)
        return columns > 0 ? Int(columns) : nil
    }

    /// Replaces the last line of standard error.
    static func progress(_ text: String) { _ = write("\r\u{1b}[K" + text, to: STDERR_FILENO) }

    /// Returns 0 or an errno.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        let bytes = Array(text.utf8)
        return -bytes.withUnsafeBytes { hailoplatform_write_all(descriptor, $0.baseAddress, $0.count) }
    }

    static func lowered(_ text: String) -> String {
        String(decoding: text.utf8.map { $0.loweredASCII }, as: UTF8.self)
    }

    /// A number with three digits behind the point.
    static func fixed(_ number: Float) -> String {
        guard number.magnitude < 1e6 else { return "\(number)" }
        let thousandths = Int((number.magnitude * 1000).rounded())
        let digits = "\(thousandths % 1000 + 1000)".dropFirst()
        return (number < 0 && thousandths > 0 ? "-" : "") + "\(thousandths / 1000)." + digits
    }
}
