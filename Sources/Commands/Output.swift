internal import Base
internal import CPlatform

/// Where the tool writes: answers to standard output, everything else to standard error.
enum Output {
    static func answer(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
    static func complain(_ text: String) { write("hailoctl: " + text + "\n", to: STDERR_FILENO) }

    /// Whether a person is likely to read the answers, or what goes to standard error.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) != 0 }
    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) != 0 }

    /// Replaces the last line of standard error.
    static func progress(_ text: String) { write("\r\u{1b}[K" + text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        // A reader that went away early (a pager, head) is no failure of the tool's.
        _ = bytes.withUnsafeBytes { platform_write_all(descriptor, $0.baseAddress, $0.count) }
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

    /// Lines of columns, each as wide as its widest cell.
    static func table(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        var lines: [String] = []
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}
