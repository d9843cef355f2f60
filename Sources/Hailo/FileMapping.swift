package import Base
internal import CPlatform
internal import Driver

/// The bytes of a file, mapped into memory for reading.
final class FileMapping: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    deinit {
        if let base = bytes.baseAddress { platform_unmap(base, bytes.count) }
    }

    /// Maps a file and lets `body` work with it while it is open for reading as well.
    static func open<Result>(
        path: String, _ body: (FileMapping, OpenFile) throws(HailoError) -> Result
    ) throws(HailoError) -> Result {
        let file = try OpenFile(path: path)
        defer { file.close() }
        var size = 0
        var base: UnsafeRawPointer?
        let failure = platform_map_file(file.descriptor, &base, &size)
        guard failure == 0 else { throw OpenFile.error(path, failure) }
        return try body(FileMapping(UnsafeRawBufferPointer(start: base, count: size)), file)
    }
}

/// The contents of whole files.
package enum FileBytes {
    package static func read(_ path: String) throws(HailoError) -> [UInt8] {
        try FileMapping.open(path: path) { mapping, _ throws(HailoError) in Array(mapping.bytes) }
    }
}

/// A file that is open for reading.
struct OpenFile {
    let path: String
    let descriptor: Int32

    /// Small enough to stay in the second level of a processor's cache.
    private static let pieceSize = 256 << 10

    init(path: String) throws(HailoError) {
        self.path = path
        descriptor = platform_open(path, O_RDONLY, 0)
        guard descriptor >= 0 else { throw OpenFile.error(path, -descriptor) }
    }

    func close() {
        _ = CPlatform.close(descriptor)
    }

    static func error(_ path: String, _ number: Int32) -> HailoError {
        let reason =
            switch number {
            case ENOENT: "there is no such file"
            case EACCES: "this user may not read it"
            case EISDIR: "it is a folder"
            default: DriverFailure.name(of: Int(number))
            }
        return HailoError(.fileError, "cannot read \(path): \(reason)")
    }

    /// Reads from `offset` to `end`, piece by piece.
    func forEachPiece(
        from offset: Int, to end: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(HailoError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: OpenFile.pieceSize, alignment: 64)
        defer { buffer.deallocate() }
        var position = offset
        while position < end {
            let wanted = min(buffer.count, end - position)
            let count = platform_read_at(descriptor, buffer.baseAddress, wanted, position)
            guard count >= 0 else { throw OpenFile.error(path, Int32(truncatingIfNeeded: -count)) }
            guard count == wanted else {
                throw HailoError(.fileError, "\(path) became shorter while it was read; do not change it meanwhile")
            }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += count
        }
    }
}
