internal import HailoBase
package import HailoHEF

/// Puts a HEF file together: header, description, configuration data.
package struct HefBuilder {
    /// 0 to 3.
    package var version: UInt32
    package var message: HefMessage
    /// What the description's pointers refer to. Version 0 has none: its data lies in the description.
    package var configuration: [UInt8] = []
    /// Between description and configuration data (version 3).
    package var padding = 0
    /// Behind the configuration data (version 3).
    package var additional: [UInt8] = []

    package init(version: UInt32 = 2, message: HefMessage = HefMessage()) {
        self.version = version
        self.message = message
    }

    /// The bytes of the file.
    package func build() -> [UInt8] {
        HefBuilder.file(
            version: version, description: WireEncoder.encode(message), configuration: configuration, padding: padding,
            additional: additional)
    }

    /// The bytes of a file around a description that is given as bytes, which need not make sense.
    package static func file(
        version: UInt32, description: [UInt8], configuration: [UInt8] = [], padding: Int = 0, additional: [UInt8] = []
    ) -> [UInt8] {
        var body = description
        body += [UInt8](repeating: 0, count: version == 3 ? padding : 0)
        if version != 0 { body += configuration }
        if version == 3 { body += additional }

        var header: [UInt8] = []
        header.appendBigEndian(Container.magic)
        header.appendBigEndian(version)
        header.appendBigEndian(UInt32(truncatingIfNeeded: description.count))
        let behind = UInt64(configuration.count)
        switch version {
        case 0:
            header.appendBigEndian(UInt32(0))
            header += MD5.digest(body)
        case 1:
            header.appendBigEndian(body.withUnsafeBytes { CRC32.checksum($0) })
            header.appendBigEndian(behind)
            header.appendBigEndian(UInt32(0))
        case 2:
            header.appendBigEndian(body.withUnsafeBytes { XXH3.hash($0) })
            header.appendBigEndian(behind)
            header.appendBigEndian(UInt64(0))
            header.appendBigEndian(UInt64(0))
        default:
            header.appendBigEndian(body.withUnsafeBytes { XXH3.hash($0) })
            header.appendBigEndian(behind + UInt64(padding))
            header.appendBigEndian(UInt32(truncatingIfNeeded: padding))
            header.appendBigEndian(UInt64(additional.count))
            header.appendBigEndian(UInt64(0))
            header.appendBigEndian(UInt64(0))
        }
        return header + body
    }

    /// A file with lengths and checksum made right again, whatever happened to its body: for tests of what lies behind
    /// the checksum. nil if there is no header to mend.
    package static func resigned(_ file: [UInt8]) -> [UInt8]? {
        let sizes = Container.headerSizes
        guard file.count >= Container.commonSize, let version = file.bigEndian(UInt32.self, at: 4),
            version < UInt32(sizes.count), file.count >= sizes[Int(version)]
        else { return nil }
        let body = Array(file[sizes[Int(version)]...])
        var behind: UInt64 = 0
        var padding = 0
        var additional: UInt64 = 0
        switch version {
        case 1: behind = file.bigEndian(UInt64.self, at: 16) ?? 0
        case 2: behind = file.bigEndian(UInt64.self, at: 20) ?? 0
        case 3:
            behind = file.bigEndian(UInt64.self, at: 20) ?? 0
            padding = Int(file.bigEndian(UInt32.self, at: 28) ?? 0)
            additional = file.bigEndian(UInt64.self, at: 32) ?? 0
        default: break
        }
        behind = min(behind, UInt64(body.count))
        additional = min(additional, UInt64(body.count) - behind)
        padding = min(padding, Int(behind))
        let descriptionEnd = body.count - Int(behind) - Int(additional)
        let dataStart = descriptionEnd + padding
        let dataEnd = body.count - Int(additional)
        return HefBuilder.file(
            version: version, description: Array(body[..<descriptionEnd]),
            configuration: Array(body[dataStart..<dataEnd]), padding: padding, additional: Array(body[dataEnd...]))
    }
}
