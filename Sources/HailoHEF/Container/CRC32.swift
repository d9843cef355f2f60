/// CRC-32 with the polynomial of zlib: the checksum of HEF files of header version 1.
///
/// Sixteen bytes are taken at a time through sixteen tables: the bytes do not wait for each other, only the sixteen-byte
/// steps do.
package struct CRC32 {
    private var state = UInt32.max

    package init() {}

    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sum = CRC32()
        sum.update(bytes)
        return sum.finish()
    }

    package func finish() -> UInt32 { ~state }

    private static let polynomial: UInt32 = 0xedb8_8320
    private static let width = 16

    /// Table k holds what a byte does that k further bytes follow.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: width * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? polynomial : 0) }
            tables[byte] = value
        }
        for index in 256..<tables.count {
            let shorter = tables[index - 256]
            tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xff)]
        }
        return tables
    }()

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        CRC32.tables.withUnsafeBufferPointer { buffer in
            guard let table = buffer.baseAddress else { return }
            var crc = state
            let steps = bytes.count / CRC32.width
            for step in 0..<steps {
                let data = base + step * CRC32.width
                let low = UInt64(littleEndian: data.loadUnaligned(as: UInt64.self)) ^ UInt64(crc)
                let high = UInt64(littleEndian: data.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                crc = CRC32.combined(low, table + 8 * 256) ^ CRC32.combined(high, table)
            }
            for index in (steps * CRC32.width)..<bytes.count {
                crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[index])) & 0xff)]
            }
            state = crc
        }
    }

    /// What eight bytes do, the first of them followed by the most.
    @inline(__always)
    private static func combined(_ word: UInt64, _ table: UnsafePointer<UInt32>) -> UInt32 {
        @inline(__always) func entry(_ index: Int) -> UInt32 {
            table[(7 - index) * 256 + Int(truncatingIfNeeded: word >> UInt64(8 * index) & 0xff)]
        }
        return entry(0) ^ entry(1) ^ entry(2) ^ entry(3) ^ entry(4) ^ entry(5) ^ entry(6) ^ entry(7)
    }
}
