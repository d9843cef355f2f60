/// A text that is compared byte by byte. Swift's String takes "é" for equal however it is encoded; names in files are
/// equal only if their bytes are, and are sorted by them.
public struct Name: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }
    package var byteCount: Int { text.utf8.count }

    public static func == (left: Name, right: Name) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public static func < (left: Name, right: Name) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(byteCount)
    }

    /// "group/network"
    package func joined(with other: Name) -> Name { Name(text + "/" + other.text) }
}
