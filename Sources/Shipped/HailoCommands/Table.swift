/// Rows of cells under headings, as a person reads them.
struct Table {
    private let rows: [[String]]

    /// The first row holds the headings, where there are some.
    init(_ rows: [[String]]) { self.rows = rows }

    private static let gap = 2

    /// Lines of columns, each as wide as its widest cell. What does not fit into `width` characters is broken: the last
    /// column or, if that does not help, each row into lines of its own.
    func text(width: Int? = nil) -> String {
        let widths = columnWidths
        guard let width, widths.reduce(0, { $0 + $1 + Table.gap }) - Table.gap > width else {
            return rows.map { line($0, widths) }.joined(separator: "\n")
        }
        let indentation = widths.dropLast().reduce(0) { $0 + $1 + Table.gap }
        if width - indentation >= Table.narrowest {
            return rows.map { broken($0, widths, indentation, width) }.joined(separator: "\n")
        }
        return records(width)
    }

    /// Less than that is no room for a column of words.
    private static let narrowest = 24

    private var columnWidths: [Int] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return widths
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in row.enumerated() {
            line += cell
            if column < row.count - 1 { line += spaces(widths[column] - cell.count + Table.gap) }
        }
        return line
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }

    /// A row whose last cell goes on in further lines below itself.
    private func broken(_ row: [String], _ widths: [Int], _ indentation: Int, _ width: Int) -> String {
        guard let last = row.last else { return "" }
        let lines = Table.wrapped(last, width - indentation)
        return line(row.dropLast() + [lines.first ?? ""], widths)
            + lines.dropFirst().map { "\n" + spaces(indentation) + $0 }.joined()
    }

    /// A row as a paragraph: its first two cells, then the others with their headings.
    private func records(_ width: Int) -> String {
        guard let headings = rows.first else { return "" }
        return rows.dropFirst().map { row in
            let head = row.prefix(2).filter { !$0.isEmpty }.joined(separator: "  ")
            let facts = zip(headings, row).dropFirst(2).filter { $1 != "-" && !$1.isEmpty }.map { heading, cell in
                (heading.isEmpty ? "" : Output.lowered(heading) + " ") + cell
            }
            let lines = Table.wrapped(facts.joined(separator: "; "), width - Table.indentation)
            return ([head] + lines.map { spaces(Table.indentation) + $0 }).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static let indentation = 4

    /// Words in lines of at most that many characters, where the words allow it.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
