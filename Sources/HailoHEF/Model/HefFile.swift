package import HailoBase

/// A HEF file, read and checked. Configuration data stays in the file's bytes; what refers to it holds offsets.
package struct HefFile: Sendable {
    package let container: Container
    package let architecture: CompiledArchitecture
    package let compilerVersion: String
    package let timestamp: UInt64
    package let features: Features
    /// The last group of the file comes first: it is the one that is meant if none is named.
    package let groups: [NetworkGroup]
    package let externalResources: [ExternalResource]

    package struct ExternalResource: Equatable, Sendable {
        package let name: Name
        package let offset: UInt64
        package let size: UInt64
    }

    /// Reads a whole file that is in memory.
    package init(_ bytes: UnsafeRawBufferPointer) throws(HailoError) {
        try self.init(bytes) { offset, body throws(HailoError) in
            body(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        }
    }

    /// Reads a whole file. Whatever is wrong with it is an error; no file makes this trap. `pieces` gives the bytes once
    /// more for the checksum.
    package init(_ bytes: UnsafeRawBufferPointer, pieces: Container.Pieces) throws(HailoError) {
        let container = try Container(bytes, pieces: pieces)
        self.container = container
        let part = UnsafeRawBufferPointer(rebasing: bytes[container.message])
        let message: HefMessage
        do throws(WireFailure) {
            message = try WireDecoder.decode(HefMessage.self, from: part)
        } catch {
            throw HailoError(
                .hefCorrupted,
                "the description in the file cannot be read: \(error.reason) at byte \(container.message.lowerBound + error.offset)"
            )
        }
        architecture = CompiledArchitecture(code: message.header.architecture)
        compilerVersion = message.header.compilerVersion
        timestamp = message.header.timestamp
        features = Features(message)
        let reader = GroupReader(features: features, architecture: architecture, container: container, message: part)
        var groups: [NetworkGroup] = []
        var names: Set<Name> = []
        for group in message.networkGroups.reversed() {
            let read = try reader.read(group)
            guard names.insert(read.name).inserted else {
                throw Place(group: read.name).error(.invalidOperation, "two network groups have this name")
            }
            groups.append(read)
        }
        self.groups = groups
        try features.check(message)
        externalResources = HefFile.externalResources(message, zeroPoint: container.zeroPoint)
    }

    private static func externalResources(_ message: HefMessage, zeroPoint: UInt64) -> [ExternalResource] {
        // Of two with one name the later counts.
        var byName: [Name: ExternalResource] = [:]
        for resource in message.externalResources {
            let name = Name(resource.name)
            byName[name] = ExternalResource(name: name, offset: resource.offset &+ zeroPoint, size: resource.size)
        }
        return byName.values.ordered { $0.name < $1.name }
    }
}
