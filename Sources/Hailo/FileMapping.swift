package import HailoBase
internal import CHailoPlatform
internal import HailoDriver

/// The bytes of a file, mapped into memory for reading.
final class FileMapping: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    deinit {
        if let base = bytes.baseAddress { hailoplatform_unmap(base, bytes.count) }
    }

    /// Maps a file and lets `body` work with it while it is open for reading as well.
    static func open<Result>(
        path: String, _ body: (FileMapping, OpenFile) throws(HailoError) -> Result
    ) throws(HailoError) -> Result {
        let file = try OpenFile(path: path)
        defer { file.close() }
        var size = 0
        var base: UnsafeRawPointer?
        let failure = hailoplatform_map_file(file.descriptor, &base, &size)
        guard failure == 0 else { throw OpenFile.error(path, failure) }
        return try body(FileMapping(UnsafeRawBufferPointer(start: base, count: size)), file)
    }
}

/// The contents of a file, which may be a pipe.
package final class FileBytes {
    package let bytes: UnsafeRawBufferPointer
    private let mapping: FileMapping?
    private let memory: UnsafeMutableRawPointer?

    private init(_ bytes: UnsafeRawBufferPointer, mapping: FileMapping? = nil, memory: UnsafeMutableRawPointer? = nil) {
        self.bytes = bytes
        self.mapping = mapping
        self.memory = memory
    }

    deinit { free(memory) }

    package static func open(_ path: String) throws(HailoError) -> FileBytes {
        let file = try OpenFile(path: path)
        defer { file.close() }
        var size = 0
        var base: UnsafeRawPointer?
        switch hailoplatform_map_file(file.descriptor, &base, &size) {
        case 0:
            let mapping = FileMapping(UnsafeRawBufferPointer(start: base, count: size))
            return FileBytes(mapping.bytes, mapping: mapping)
        case EINVAL:
            var memory: UnsafeMutableRawPointer?
            let failure = hailoplatform_read_to_end(file.descriptor, &memory, &size)
            guard failure == 0 else { throw OpenFile.error(path, failure) }
            return FileBytes(UnsafeRawBufferPointer(start: memory, count: size), memory: memory)
        case let failure:
            throw OpenFile.error(path, failure)
        }
    }

    /// The bytes as an array, for small files.
    package static func read(_ path: String, atMost limit: Int) throws(HailoError) -> [UInt8] {
        let file = try open(path)
        guard file.bytes.count <= limit else {
            throw HailoError(
                .fileError, "\(path) has \(file.bytes.count) bytes, more than the maximum of \(limit)")
        }
        return Array(file.bytes)
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
        descriptor = hailoplatform_open(path, O_RDONLY, 0)
        guard descriptor >= 0 else { throw OpenFile.error(path, -descriptor) }
    }

    func close() {
        _ = CHailoPlatform.close(descriptor)
    }

    static func error(_ path: String, _ number: Int32) -> HailoError {
        let reason =
            switch number {
            case ENOENT: "there is no such file"
            case EACCES: "this user may not read it"
            case EISDIR: "it is a folder"
            case EINVAL: "it is not a regular file"
            case ENOMEM: "there is not enough memory for it"
            default: DriverFailure.name(of: Int(number))
            }
        return HailoError(
            number == ENOMEM ? .outOfMemory : .fileError, "cannot read \(path): \(reason)",
            cause: .system(errno: number))
    }

    /// Reads from `offset` to `end`, piece by piece.
    func forEachPiece(
        from offset: Int, to end: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(HailoError) {
        let memory = WorkingMemory()
        let buffer = memory.reserve(bytes: OpenFile.pieceSize)
        try memory.check()
        var position = offset
        while position < end {
            let wanted = min(buffer.count, end - position)
            let count = hailoplatform_read_at(descriptor, buffer.baseAddress, wanted, position)
            guard count >= 0 else { throw OpenFile.error(path, Int32(truncatingIfNeeded: -count)) }
            guard count == wanted else {
                throw HailoError(
                    .fileError, "\(path) became shorter while it was being read; do not change it during that time")
            }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += count
        }
    }
}
