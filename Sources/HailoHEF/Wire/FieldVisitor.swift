package import HailoBase

/// What walks over the fields of a message: a decoder fills them in, an encoder writes them out.
///
/// A message names each of its fields once, in `visitFields`, for both. Every method returns whether it has just read the
/// field from the wire; an encoder always returns false.
package protocol FieldVisitor {
    mutating func field(_ number: UInt32, _ value: inout UInt32) -> Bool
    mutating func field(_ number: UInt32, _ value: inout UInt64) -> Bool
    mutating func field(_ number: UInt32, _ value: inout Int32) -> Bool
    mutating func field(_ number: UInt32, _ value: inout Bool) -> Bool
    mutating func field(_ number: UInt32, _ value: inout Float) -> Bool
    mutating func field(_ number: UInt32, _ value: inout Double) -> Bool
    mutating func field(_ number: UInt32, _ value: inout String) -> Bool
    mutating func field(_ number: UInt32, _ value: inout WireBytes) -> Bool
    /// With a presence of its own: nil if it is not on the wire.
    mutating func field(_ number: UInt32, _ value: inout UInt32?) -> Bool
    mutating func field<Message: WireMessage>(_ number: UInt32, _ value: inout Message) -> Bool

    mutating func field(_ number: UInt32, _ values: inout Series<UInt32>) -> Bool
    mutating func field(_ number: UInt32, _ values: inout Series<Float>) -> Bool
    mutating func field(_ number: UInt32, _ values: inout Series<Double>) -> Bool
    mutating func field(_ number: UInt32, _ values: inout Series<String>) -> Bool
    mutating func field<Message: WireMessage>(_ number: UInt32, _ values: inout Series<Message>) -> Bool

    /// One member of a oneof. `current` gives the member's value if it is the one that is set.
    mutating func member<Message: WireMessage>(
        _ number: UInt32, _ current: () -> Message?, _ set: (Message) -> Void
    ) -> Bool

    /// A field that must be well formed and that nobody reads.
    mutating func unread<Message: WireMessage>(_ number: UInt32, _: Message.Type)
    mutating func unreadText(_ number: UInt32)
}

/// A protobuf message. A new one has every field at its default.
package protocol WireMessage {
    init()
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
}

/// A message without fields, or one that has only plain numbers and that nobody reads.
package struct EmptyMessage: WireMessage, Equatable, Sendable {
    package init() {}
    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {}
}

/// Bytes of a message. Decoded, they stay where they are in the file; for writing they are given.
package struct WireBytes: Equatable, Sendable {
    /// Position in the protobuf part of the file.
    package var offset = 0
    package var count = 0
    package var content: [UInt8] = []

    package init() {}

    package init(_ content: [UInt8]) {
        self.content = content
        count = content.count
    }

    init(offset: Int, count: Int) {
        self.offset = offset
        self.count = count
    }
}
