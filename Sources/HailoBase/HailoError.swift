/// Why something failed: a code for programs and a text for people.
///
/// The text says what was wrong, where, and what to do about it where there is something to do.
public struct HailoError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the operating system or the firmware said, for programs that decide by it.
    public enum Cause: Equatable, Sendable {
        /// The errno of a request to the driver, or of another call of the system.
        case system(errno: Int32)
        /// The status that the firmware answered with.
        case firmware(status: UInt32)
    }

    public let status: Status
    public let message: String
    /// nil if neither the system nor the firmware had a part in it.
    public let cause: Cause?

    public init(_ status: Status, _ message: String, cause: Cause? = nil) {
        self.status = status
        self.message = message
        self.cause = cause
    }

    /// The same failure in other words.
    public func saying(_ message: String) -> HailoError { HailoError(status, message, cause: cause) }

    public var description: String { status.name + ": " + message }
}
