public import Base
package import HEF

/// A compiled model, read from a HEF file and checked. It needs no device.
public final class Model: Sendable {
    package let file: HefFile
    /// Keeps the bytes that the model refers to.
    private let owner: Owner

    /// Where the bytes of the file are.
    private enum Owner: Sendable {
        case mapping(FileMapping)
        case array([UInt8])
        /// The caller promised to keep them.
        case caller
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
                throw HailoError(error.status, path + ": " + error.message)
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
        Model(try HefFile(bytes), .caller)
    }

    /// The chip that the model was compiled for, such as "HAILO8".
    public var architecture: String { file.architecture.name }

    /// The version of the compiler that made the file.
    public var compilerVersion: String { file.compilerVersion }

    /// The checksum of the file's contents, the same for the same file everywhere.
    public var hash: String { file.container.hash }

    /// The names of the network groups; the first is meant where none is named.
    public var groupNames: [String] { file.groups.map { $0.name.text } }
}
