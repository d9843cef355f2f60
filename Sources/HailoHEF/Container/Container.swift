package import HailoBase
internal import HailoFormats

/// The parts of a HEF file, before anybody looks into the protobuf part.
package struct Container: Equatable, Sendable {
    package let version: UInt32
    /// The protobuf part.
    package let message: Range<Int>
    /// What offsets of configuration data and external resources count from.
    package let zeroPoint: UInt64
    /// Configuration data; empty where it lies inside the protobuf part.
    package let configuration: Range<Int>
    /// The checksum, as the vendor's tools print it.
    package let hash: String

    /// The header that all versions begin with: magic number, version, size of the protobuf part.
    package static let commonSize = 12
    package static let magic: UInt32 = 0x0148_4546
    /// The sizes of whole headers, by version.
    package static let headerSizes = [32, 28, 44, 56]

    /// Hands out the bytes from an offset to the end of the file, in order, in pieces of a multiple of 1024 bytes but for
    /// the last. A file can be read for this in pieces that stay in the processor's cache, which is faster than to map
    /// all its pages into memory.
    package typealias Pieces = (_ offset: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws(HailoError) -> Void

    /// Checks header, lengths and checksum of a whole file. `pieces` gives the same bytes for the checksum.
    package init(_ bytes: UnsafeRawBufferPointer, pieces: Pieces) throws(HailoError) {
        func word(_ offset: Int) -> UInt32 { bytes.bigEndian(UInt32.self, at: offset) ?? 0 }
        func long(_ offset: Int) -> UInt64 { bytes.bigEndian(UInt64.self, at: offset) ?? 0 }
        guard bytes.count >= Container.commonSize else {
            throw HailoError(
                .fileError,
                "the file has \(counted(bytes.count, "byte")), less than the header of a HEF file; it is cut off or "
                    + "not a HEF file"
            )
        }
        version = word(4)
        guard version < UInt32(Container.headerSizes.count) else {
            throw HailoError(
                .hefUnsupported,
                word(0) == Container.magic
                    ? "the file has HEF header version \(version); this library reads versions 0 to 3"
                    : "the file does not begin like a HEF file (magic number \(word(0).hexadecimal) at offset 0)")
        }
        let headerSize = Container.headerSizes[Int(version)]
        guard bytes.count >= headerSize else {
            throw HailoError(
                .fileError,
                "the file has \(counted(bytes.count, "byte")), less than the \(headerSize) of its version \(version) header; it is cut off"
            )
        }
        guard word(0) == Container.magic else {
            throw HailoError(
                .hefUnsupported,
                "the file does not begin like a HEF file: magic number \(word(0).hexadecimal) at offset 0, not 0x1484546"
            )
        }

        // The sizes behind the protobuf part. They wrap around like the vendor's sum; a wrapped sum matches no file.
        var behind: UInt64 = 0
        var padding: UInt64 = 0
        var additional: UInt64 = 0
        switch version {
        case 1: behind = long(16)
        case 2: behind = long(20)
        case 3:
            (behind, padding, additional) = (long(20), UInt64(word(28)), long(32))
        default: break
        }
        let messageSize = UInt64(word(8))
        let bodySize = UInt64(bytes.count - headerSize)
        guard bodySize == messageSize &+ behind &+ additional, messageSize <= bodySize else {
            throw HailoError(
                .hefCorrupted,
                "\(bodySize) bytes follow the header, but it announces \(messageSize) of protobuf, \(behind) of "
                    + "configuration data and \(additional) of additional information; the file is cut off or damaged")
        }
        hash = try Container.checkedHash(bytes, version, headerSize, pieces)
        let messageEnd = headerSize + Int(messageSize)
        message = headerSize..<messageEnd
        zeroPoint = version == 0 ? 0 : UInt64(messageEnd) + padding
        // Padding may be said to be longer than the part that it is in; then there is no data.
        let configurationEnd = bytes.count - Int(clamping: min(additional, bodySize - messageSize))
        configuration = min(messageEnd + Int(padding), configurationEnd)..<configurationEnd
    }

    private static func checkedHash(
        _ bytes: UnsafeRawBufferPointer, _ version: UInt32, _ headerSize: Int, _ pieces: Pieces
    ) throws(HailoError) -> String {
        let calculated: [UInt8]
        let stored: [UInt8]
        switch version {
        case 0:
            var sum = MD5()
            try pieces(headerSize) { sum.update($0) }
            calculated = sum.finish()
            stored = Array(bytes[16..<32])
        case 1:
            var sum = CRC32()
            try pieces(headerSize) { sum.update($0) }
            calculated = littleEndianBytes(sum.finish())
            stored = bytes[12..<16].reversed()
        default:
            var sum = XXH3(count: bytes.count - headerSize)
            try pieces(headerSize) { sum.update($0) }
            calculated = littleEndianBytes(sum.finish())
            stored = bytes[12..<20].reversed()
        }
        guard calculated == stored else {
            throw HailoError(
                .hefCorrupted,
                "the checksum of the file is \(calculated.hexadecimal), but its header says \(stored.hexadecimal); the file is "
                    + "damaged. Copy or download it again")
        }
        return calculated.hexadecimal
    }

    private static func littleEndianBytes(_ value: some FixedWidthInteger) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(value)
        return bytes
    }
}
