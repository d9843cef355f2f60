/// A version in three parts.
public struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let major, minor, revision: UInt32

    public init(_ major: UInt32, _ minor: UInt32, _ revision: UInt32) {
        self.major = major
        self.minor = minor
        self.revision = revision
    }

    /// Reads "4.23.0" or "4.23".
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var numbers: [UInt32] = []
        for part in parts {
            guard let number = UInt32(part) else { return nil }
            numbers.append(number)
        }
        self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
    }

    public var description: String { "\(major).\(minor).\(revision)" }

    public static func < (left: Version, right: Version) -> Bool {
        (left.major, left.minor, left.revision) < (right.major, right.minor, right.revision)
    }
}
