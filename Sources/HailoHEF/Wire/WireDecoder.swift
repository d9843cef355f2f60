package import HailoBase

/// Why bytes are no protobuf message.
package struct WireFailure: Error, Equatable, Sendable {
    package let offset: Int
    package let reason: StaticString

    package static func == (left: WireFailure, right: WireFailure) -> Bool {
        left.offset == right.offset && "\(left.reason)" == "\(right.reason)"
    }
}

/// Reads protobuf messages by the rules of the protobuf library that the vendor uses: unknown fields are skipped, a known
/// field with another wire type counts as unknown, repeated numbers come packed or not, the last of a single field wins
/// and messages are merged.
package struct WireDecoder: FieldVisitor {
    /// How deep messages may be nested below the outermost one.
    private static let deepest = 100

    private enum WireType {
        static let varint: UInt32 = 0
        static let eightBytes: UInt32 = 1
        static let lengthDelimited: UInt32 = 2
        static let startGroup: UInt32 = 3
        static let endGroup: UInt32 = 4
        static let fourBytes: UInt32 = 5
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var end: Int
    private var depth = 0
    /// What decoded messages may take up in memory: a hostile file could otherwise ask for a hundred times its size.
    private var memoryLeft: Int
    private var failure: WireFailure?

    /// Number and wire type of the field that is at hand; 0 once it is read.
    private var tag: UInt32 = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        end = bytes.count
        memoryLeft = 64 << 20
        let (generous, overflow) = bytes.count.multipliedReportingOverflow(by: 32)
        if !overflow { memoryLeft += min(generous, 1 << 40) }
    }

    package static func decode<Message: WireMessage>(
        _: Message.Type, from bytes: UnsafeRawBufferPointer
    ) throws(WireFailure) -> Message {
        var decoder = WireDecoder(bytes)
        var message = Message()
        decoder.readFields(of: &message)
        if let failure = decoder.failure { throw failure }
        return message
    }

    private mutating func readFields<Message: WireMessage>(of message: inout Message) {
        while failure == nil, position < end {
            guard readTag() else { return }
            message.visitFields(&self)
            if tag != 0 { skip() }
            tag = 0
        }
    }

    // MARK: Bytes

    private mutating func fail(_ reason: StaticString) {
        if failure == nil { failure = WireFailure(offset: position, reason: reason) }
        tag = 0
    }

    @inline(__always)
    private mutating func readVarint(limit: Int = 10) -> UInt64? {
        // Most numbers have one byte.
        if position < end, bytes[position] < 0x80 {
            position += 1
            return UInt64(bytes[position - 1])
        }
        return readLongVarint(limit)
    }

    private mutating func readLongVarint(_ limit: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<limit {
            guard position < end else {
                fail("a number is cut off")
                return nil
            }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) &<< UInt64(7 * index)
            if byte < 0x80 { return value }
        }
        fail("a number has too many bytes")
        return nil
    }

    private mutating func readTag() -> Bool {
        guard let read = readVarint(limit: 5) else { return false }
        tag = UInt32(truncatingIfNeeded: read)
        if tag >> 3 == 0 {
            fail("field number 0")
        } else if wireType > WireType.fourBytes {
            fail("a field of a wire type that does not exist")
        } else if wireType == WireType.endGroup {
            fail("the end of a group that was not begun")
        }
        return failure == nil
    }

    private var wireType: UInt32 { tag & 7 }

    /// Reads the length of what follows and checks that it is there.
    private mutating func readLength() -> Int? {
        guard let length = readVarint() else { return nil }
        guard length <= UInt64(end - position) else {
            fail("a length reaches beyond the message")
            return nil
        }
        return Int(length)
    }

    private mutating func readFixed<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard end - position >= size else {
            fail("a number is cut off")
            return nil
        }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    private mutating func skip() {
        switch wireType {
        case WireType.varint: _ = readVarint()
        case WireType.eightBytes: _ = readFixed(UInt64.self)
        case WireType.fourBytes: _ = readFixed(UInt32.self)
        case WireType.lengthDelimited:
            if let length = readLength() { position += length }
        default: skipGroup(tag >> 3)
        }
    }

    private mutating func skipGroup(_ group: UInt32) {
        guard enter() else { return }
        defer { depth -= 1 }
        while failure == nil {
            guard position < end, let read = readVarint(limit: 5) else {
                fail("a group is not ended")
                return
            }
            tag = UInt32(truncatingIfNeeded: read)
            if wireType == WireType.endGroup {
                if tag >> 3 != group { fail("a group is ended by the end of another") }
                return
            }
            guard tag >> 3 != 0, wireType <= WireType.fourBytes else {
                fail("an invalid field")
                return
            }
            skip()
        }
    }

    private mutating func enter() -> Bool {
        guard depth < WireDecoder.deepest else {
            fail("messages are nested more than 100 deep")
            return false
        }
        depth += 1
        return true
    }

    // MARK: Fields

    /// Whether the field at hand is this one, and still to be read. From here on it counts as read.
    @inline(__always)
    private mutating func take(_ field: UInt32, _ type: UInt32) -> Bool {
        guard tag == field << 3 | type else { return false }
        tag = 0
        return true
    }

    @inline(__always)
    private mutating func varint(_ field: UInt32) -> UInt64? {
        guard take(field, WireType.varint) else { return nil }
        return readVarint()
    }

    @inline(__always)
    private mutating func fixed<Number: FixedWidthInteger>(
        _ field: UInt32, _ type: UInt32, _: Number.Type
    ) -> Number? {
        guard take(field, type) else { return nil }
        return readFixed(Number.self)
    }

    @inline(__always)
    private mutating func delimited(_ field: UInt32) -> Int? {
        guard take(field, WireType.lengthDelimited) else { return nil }
        return readLength()
    }

    package mutating func field(_ number: UInt32, _ value: inout UInt32) -> Bool {
        guard let read = varint(number) else { return false }
        value = UInt32(truncatingIfNeeded: read)
        return true
    }

    package mutating func field(_ number: UInt32, _ value: inout UInt64) -> Bool {
        guard let read = varint(number) else { return false }
        value = read
        return true
    }

    package mutating func field(_ number: UInt32, _ value: inout Int32) -> Bool {
        guard let read = varint(number) else { return false }
        value = Int32(truncatingIfNeeded: read)
        return true
    }

    package mutating func field(_ number: UInt32, _ value: inout Bool) -> Bool {
        guard let read = varint(number) else { return false }
        value = read != 0
        return true
    }

    package mutating func field(_ number: UInt32, _ value: inout UInt32?) -> Bool {
        guard let read = varint(number) else { return false }
        value = UInt32(truncatingIfNeeded: read)
        return true
    }

    package mutating func field(_ number: UInt32, _ value: inout Float) -> Bool {
        guard let read = fixed(number, WireType.fourBytes, UInt32.self) else { return false }
        value = Float(bitPattern: read)
        return true
    }

    package mutating func field(_ number: UInt32, _ value: inout Double) -> Bool {
        guard let read = fixed(number, WireType.eightBytes, UInt64.self) else { return false }
        value = Double(bitPattern: read)
        return true
    }

    package mutating func field(_ number: UInt32, _ value: inout String) -> Bool {
        guard let text = text(number) else { return false }
        value = text
        return true
    }

    private mutating func text(_ field: UInt32) -> String? {
        guard let length = delimited(field) else { return nil }
        let content = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + length)])
        guard let text = String(validating: content, as: UTF8.self) else {
            fail("a text is not UTF-8")
            return nil
        }
        position += length
        return text
    }

    package mutating func field(_ number: UInt32, _ value: inout WireBytes) -> Bool {
        guard let length = delimited(number) else { return false }
        value = WireBytes(offset: position, count: length)
        position += length
        return true
    }

    package mutating func field<Message: WireMessage>(_ number: UInt32, _ value: inout Message) -> Bool {
        guard let length = delimited(number) else { return false }
        read(into: &value, length)
        return true
    }

    /// Reads a message that takes up the next `length` bytes.
    private mutating func read<Message: WireMessage>(into message: inout Message, _ length: Int) {
        memoryLeft -= MemoryLayout<Message>.stride
        guard memoryLeft >= 0 else { return fail("the messages would take up too much memory") }
        guard enter() else { return }
        let outerEnd = end
        end = position + length
        readFields(of: &message)
        end = outerEnd
        depth -= 1
    }

    // MARK: Repeated fields

    package mutating func field(_ number: UInt32, _ values: inout Series<UInt32>) -> Bool {
        if let read = varint(number) {
            values.append(UInt32(truncatingIfNeeded: read))
            return true
        }
        guard let length = delimited(number) else { return false }
        let packedEnd = position + length
        let outerEnd = end
        end = packedEnd
        while failure == nil, position < packedEnd {
            if let read = readVarint() { values.append(UInt32(truncatingIfNeeded: read)) }
        }
        end = outerEnd
        return true
    }

    package mutating func field(_ number: UInt32, _ values: inout Series<Float>) -> Bool {
        if let read = fixed(number, WireType.fourBytes, UInt32.self) {
            values.append(Float(bitPattern: read))
            return true
        }
        return packed(number, UInt32.self) { values.append(Float(bitPattern: $0)) }
    }

    package mutating func field(_ number: UInt32, _ values: inout Series<Double>) -> Bool {
        if let read = fixed(number, WireType.eightBytes, UInt64.self) {
            values.append(Double(bitPattern: read))
            return true
        }
        return packed(number, UInt64.self) { values.append(Double(bitPattern: $0)) }
    }

    private mutating func packed<Number: FixedWidthInteger>(
        _ field: UInt32, _: Number.Type, _ append: (Number) -> Void
    ) -> Bool {
        guard let length = delimited(field) else { return false }
        guard length % MemoryLayout<Number>.size == 0 else {
            fail("packed numbers do not fill their field")
            return true
        }
        for _ in 0..<(length / MemoryLayout<Number>.size) {
            if let read = readFixed(Number.self) { append(read) }
        }
        return true
    }

    package mutating func field(_ number: UInt32, _ values: inout Series<String>) -> Bool {
        guard let text = text(number) else { return false }
        memoryLeft -= MemoryLayout<String>.stride
        guard memoryLeft >= 0 else {
            fail("the texts would take up too much memory")
            return true
        }
        values.append(text)
        return true
    }

    package mutating func field<Message: WireMessage>(_ number: UInt32, _ values: inout Series<Message>) -> Bool {
        guard let length = delimited(number) else { return false }
        values.append(Message())
        read(into: &values[values.count - 1], length)
        return true
    }

    package mutating func member<Message: WireMessage>(
        _ number: UInt32, _ current: () -> Message?, _ set: (Message) -> Void
    ) -> Bool {
        guard let length = delimited(number) else { return false }
        var message = current() ?? Message()
        read(into: &message, length)
        set(message)
        return true
    }

    package mutating func unread<Message: WireMessage>(_ number: UInt32, _: Message.Type) {
        var message = Message()
        _ = field(number, &message)
    }

    package mutating func unreadText(_ number: UInt32) {
        _ = text(number)
    }
}
