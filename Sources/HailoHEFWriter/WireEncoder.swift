package import HailoHEF
package import HailoBase

/// Writes messages by the same field lists that read them. Fields at their default are left out, as protobuf does.
package struct WireEncoder: FieldVisitor {
    private var bytes: [UInt8] = []

    private init() {}

    package static func encode<Message: WireMessage>(_ message: Message) -> [UInt8] {
        var encoder = WireEncoder()
        var message = message
        message.visitFields(&encoder)
        return encoder.bytes
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func tag(_ number: UInt32, _ wireType: UInt64) {
        varint(UInt64(number) << 3 | wireType)
    }

    private mutating func number(_ field: UInt32, _ value: UInt64) -> Bool {
        if value != 0 {
            tag(field, 0)
            varint(value)
        }
        return false
    }

    private mutating func delimited(_ field: UInt32, _ content: [UInt8]) {
        tag(field, 2)
        varint(UInt64(content.count))
        bytes += content
    }

    package mutating func field(_ number: UInt32, _ value: inout UInt32) -> Bool { self.number(number, UInt64(value)) }
    package mutating func field(_ number: UInt32, _ value: inout UInt64) -> Bool { self.number(number, value) }
    package mutating func field(_ number: UInt32, _ value: inout Bool) -> Bool { self.number(number, value ? 1 : 0) }

    package mutating func field(_ number: UInt32, _ value: inout Int32) -> Bool {
        // Negative numbers are widened with their sign, so they take ten bytes.
        self.number(number, UInt64(bitPattern: Int64(value)))
    }

    package mutating func field(_ number: UInt32, _ value: inout UInt32?) -> Bool {
        if let value {
            tag(number, 0)
            varint(UInt64(value))
        }
        return false
    }

    package mutating func field(_ number: UInt32, _ value: inout Float) -> Bool {
        if value.bitPattern != 0 {
            tag(number, 5)
            bytes.appendLittleEndian(value.bitPattern)
        }
        return false
    }

    package mutating func field(_ number: UInt32, _ value: inout Double) -> Bool {
        if value.bitPattern != 0 {
            tag(number, 1)
            bytes.appendLittleEndian(value.bitPattern)
        }
        return false
    }

    package mutating func field(_ number: UInt32, _ value: inout String) -> Bool {
        if !value.isEmpty { delimited(number, Array(value.utf8)) }
        return false
    }

    package mutating func field(_ number: UInt32, _ value: inout WireBytes) -> Bool {
        if !value.content.isEmpty { delimited(number, value.content) }
        return false
    }

    package mutating func field<Message: WireMessage>(_ number: UInt32, _ value: inout Message) -> Bool {
        let content = WireEncoder.encode(value)
        if !content.isEmpty { delimited(number, content) }
        return false
    }

    package mutating func field(_ number: UInt32, _ values: inout Series<UInt32>) -> Bool {
        guard !values.isEmpty else { return false }
        var packed = WireEncoder()
        for value in values { packed.varint(UInt64(value)) }
        delimited(number, packed.bytes)
        return false
    }

    package mutating func field(_ number: UInt32, _ values: inout Series<Float>) -> Bool {
        guard !values.isEmpty else { return false }
        var packed: [UInt8] = []
        for value in values { packed.appendLittleEndian(value.bitPattern) }
        delimited(number, packed)
        return false
    }

    package mutating func field(_ number: UInt32, _ values: inout Series<Double>) -> Bool {
        guard !values.isEmpty else { return false }
        var packed: [UInt8] = []
        for value in values { packed.appendLittleEndian(value.bitPattern) }
        delimited(number, packed)
        return false
    }

    package mutating func field(_ number: UInt32, _ values: inout Series<String>) -> Bool {
        for value in values { delimited(number, Array(value.utf8)) }
        return false
    }

    package mutating func field<Message: WireMessage>(_ number: UInt32, _ values: inout Series<Message>) -> Bool {
        for value in values { delimited(number, WireEncoder.encode(value)) }
        return false
    }

    package mutating func member<Message: WireMessage>(
        _ number: UInt32, _ current: () -> Message?, _ set: (Message) -> Void
    ) -> Bool {
        if let value = current() { delimited(number, WireEncoder.encode(value)) }
        return false
    }

    package mutating func unread<Message: WireMessage>(_ number: UInt32, _: Message.Type) {}
    package mutating func unreadText(_ number: UInt32) {}
}
