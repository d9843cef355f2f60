/// Appends numbers to a byte array in a stated byte order, and reads them back with bounds checked.
extension Array where Element == UInt8 {
    package mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        append(bytesOf: value.bigEndian)
    }

    package mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        append(bytesOf: value.littleEndian)
    }

    private mutating func append(bytesOf value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
    }

    /// Appends text cut or filled with zeros to exactly `length` bytes.
    package mutating func append(text: String, length: Int) {
        let bytes = text.utf8.prefix(length)
        append(contentsOf: bytes)
        append(contentsOf: repeatElement(0, count: length - bytes.count))
    }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// The big-endian number at `offset` from the start, or nil if it does not fit.
    package func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
        number(type, at: offset).map { Number(bigEndian: $0) }
    }

    /// The little-endian number at `offset` from the start, or nil if it does not fit.
    package func littleEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
        number(type, at: offset).map { Number(littleEndian: $0) }
    }

    private func number<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number? {
        guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
        var value: Number = 0
        let first = startIndex + offset
        Swift.withUnsafeMutableBytes(of: &value) { target in
            for position in 0..<target.count { target[position] = self[first + position] }
        }
        return value
    }

    /// The text up to the first zero byte.
    package var zeroTerminatedText: String {
        String(decoding: prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The bytes as lower-case hexadecimal digits.
    package var hexadecimal: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(count * 2)
        for byte in self {
            digits.append(hexadecimalDigit(byte >> 4))
            digits.append(hexadecimalDigit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

package func hexadecimalDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}

extension FixedWidthInteger {
    /// The number as people write addresses and codes: "0x40030060".
    package var hexadecimal: String { "0x" + String(self, radix: 16) }
}
