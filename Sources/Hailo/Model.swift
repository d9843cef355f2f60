public import HailoBase
package import HailoHEF
package import HailoPlanner
package import HailoRuntime

/// A compiled model, read from a HEF file and checked. It needs no device.
public final class Model: Sendable {
    package let file: HefFile
    /// Keeps the bytes that the model refers to.
    private let owner: Owner

    /// Where the bytes of the file are.
    private enum Owner: @unchecked Sendable {
        case mapping(FileMapping)
        case array([UInt8])
        /// The caller promised to keep them.
        case caller(UnsafeRawBufferPointer)
    }

    private init(_ file: HefFile, _ owner: Owner) {
        self.file = file
        self.owner = owner
    }

    /// Loads a file. It stays mapped as long as the model lives and must not be changed meanwhile.
    public static func load(path: String) throws(HailoError) -> Model {
        try FileMapping.open(path: path) { mapping, file throws(HailoError) in
            do throws(HailoError) {
                let end = mapping.bytes.count
                let hef = try HefFile(mapping.bytes) { offset, body throws(HailoError) in
                    try file.forEachPiece(from: offset, to: end, body)
                }
                return Model(hef, .mapping(mapping))
            } catch {
                throw error.saying(path + ": " + error.message)
            }
        }
    }

    /// Reads a model from the bytes of a file.
    public static func load(bytes: [UInt8]) throws(HailoError) -> Model {
        let file = try bytes.withUnsafeBufferPointer { bytes throws(HailoError) in
            try HefFile(UnsafeRawBufferPointer(bytes))
        }
        return Model(file, .array(bytes))
    }

    /// Reads a model from memory that stays as it is as long as the model lives.
    package static func load(borrowing bytes: UnsafeRawBufferPointer) throws(HailoError) -> Model {
        Model(try HefFile(bytes), .caller(bytes))
    }

    /// The chip that the model was compiled for, such as "HAILO8".
    public var architecture: String { file.architecture.name }

    /// The version of the compiler that made the file.
    public var compilerVersion: String { file.compilerVersion }

    /// The checksum of the file's contents, the same for the same file everywhere.
    public var hash: String { file.container.hash }

    /// The names of the network groups; the first is meant where none is named.
    public var groupNames: [String] { file.groups.map { $0.name.text } }

    /// Whether a group has a network of this name.
    package func hasNetwork(_ network: String, in group: String) -> Bool {
        file.groups.contains { $0.name == Name(group) && $0.networkNames.contains(Name(network)) }
    }

    // MARK: Configuration

    /// Decides how a group is set up on a device.
    package func plan(for target: PlanTarget, _ options: Session.Options) throws(HailoError) -> Plan {
        try Plan(
            try find(options.group), of: file, fileSize: withBytes { $0.count }, for: target, options: options.planned)
    }

    /// The group with this name, or the first.
    func find(_ name: String?) throws(HailoError) -> NetworkGroup {
        guard let first = file.groups.first else {
            throw HailoError(.notFound, "the model contains no network group, so there is nothing to run")
        }
        guard let name else { return first }
        guard let group = file.groups.first(where: { $0.name == Name(name) }) else {
            throw HailoError(
                .notFound,
                "the model has no network group \"\(name)\"; it has "
                    + groupNames.map { "\"\($0)\"" }.joined(separator: ", "))
        }
        return group
    }

    /// Copies parts of the file one after the other. Returns how many bytes.
    func copy(
        _ pieces: Series<MemoryPlan.Piece>, to target: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(HailoError) -> Int {
        let end = withBytes { bytes -> Int? in
            var position = offset
            for piece in pieces {
                guard piece.offset >= 0, piece.size >= 0, piece.offset <= bytes.count,
                    piece.size <= bytes.count - piece.offset, position <= target.count,
                    piece.size <= target.count - position
                else { return nil }
                UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[piece.offset..<(piece.offset + piece.size)]))
                position += piece.size
            }
            return position
        }
        guard let end else {
            throw HailoError(.hefInvalid, "configuration data of the model is beyond the end of its file")
        }
        return end - offset
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch owner {
        case .mapping(let mapping): body(mapping.bytes)
        case .array(let array): array.withUnsafeBytes(body)
        case .caller(let bytes): body(bytes)
        }
    }
}
