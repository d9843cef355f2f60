internal import HailoBase

/// One thing that "hailoctl doctor" has looked at.
struct MachineFinding {
    enum Verdict {
        case fine
        /// Works, but may explain a problem or cost speed.
        case note
        case problem

        var name: String {
            switch self {
            case .fine: "ok"
            case .note: "note"
            case .problem: "PROBLEM"
            }
        }
    }

    let verdict: Verdict
    let subject: String
    let text: String
    /// What to do; empty if nothing.
    let advice: String

    func write(to writer: inout JSONWriter) {
        writer.object { object in
            object.string("verdict", Output.lowered(verdict.name))
            object.string("subject", subject)
            object.string("text", text)
            if !advice.isEmpty { object.string("advice", advice) }
        }
    }

    static func json(_ findings: [MachineFinding]) -> String {
        var writer = JSONWriter()
        writer.object { object in
            object.array("findings") { list in for finding in findings { finding.write(to: &list) } }
        }
        return writer.text
    }

    static func text(_ findings: [MachineFinding], width: Int?) -> String {
        var rows: [[String]] = []
        for finding in findings {
            rows.append([finding.verdict.name, finding.subject, finding.text])
            if !finding.advice.isEmpty { rows.append(["", "", "-> " + finding.advice]) }
        }
        return Table(rows).text(width: width)
    }
}
