/// Why something failed: a code for programs and a text for people.
///
/// The text says what was wrong, where, and what to do about it where there is something to do.
public struct HailoError: Error, Equatable, Sendable, CustomStringConvertible {
    public let status: Status
    public let message: String

    public init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    public var description: String { status.name + ": " + message }
}
