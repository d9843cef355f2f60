/// Something that an emulated device noticed about the program that uses it.
package struct Finding: Equatable, Sendable {
    package enum Kind: Sendable {
        /// A real driver or card would not have survived it, or would have done the wrong thing in silence.
        case violation
        /// Driver or firmware refused something, as real ones do.
        case refusal
    }

    package let kind: Kind
    /// What was refused or done wrong, and why.
    package let text: String
}

/// What was noticed since a board was opened; if it is too much, what was noticed first.
struct Findings {
    private(set) var entries: [Finding] = []
    private static let maximum = 1000

    mutating func add(_ finding: Finding) {
        guard entries.count < Findings.maximum else { return }
        entries.append(finding)
    }
}
