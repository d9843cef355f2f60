package import HailoBase

/// The version word triple of a firmware image. It is the one part of the identify answers that is little endian, and
/// the upper bits of its revision are flags.
package struct FirmwareVersion: Equatable, Sendable {
    private static let coreFlag: UInt32 = 1 << 27
    private static let extendedContextSwitchBufferFlag: UInt32 = 1 << 29
    private static let developmentFlag: UInt32 = 1 << 30

    package let version: Version
    package let isCore: Bool
    package let isRelease: Bool
    package let hasExtendedContextSwitchBuffer: Bool

    package init(
        _ version: Version, isCore: Bool, isRelease: Bool = true, hasExtendedContextSwitchBuffer: Bool = true
    ) {
        self.version = version
        self.isCore = isCore
        self.isRelease = isRelease
        self.hasExtendedContextSwitchBuffer = hasExtendedContextSwitchBuffer
    }

    /// Reads twelve bytes; missing ones count as zero.
    package init(bytes: ArraySlice<UInt8>) {
        func word(_ index: Int) -> UInt32 { bytes.littleEndian(UInt32.self, at: 4 * index) ?? 0 }
        let revision = word(2)
        self.init(
            Version(word(0), word(1), revision & (FirmwareVersion.coreFlag - 1)),
            isCore: revision & FirmwareVersion.coreFlag != 0,
            isRelease: revision & FirmwareVersion.developmentFlag == 0,
            hasExtendedContextSwitchBuffer: revision & FirmwareVersion.extendedContextSwitchBufferFlag != 0)
    }

    package var bytes: [UInt8] {
        var revision = version.revision & (FirmwareVersion.coreFlag - 1)
        if isCore { revision |= FirmwareVersion.coreFlag }
        if !isRelease { revision |= FirmwareVersion.developmentFlag }
        if hasExtendedContextSwitchBuffer { revision |= FirmwareVersion.extendedContextSwitchBufferFlag }
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(version.major)
        bytes.appendLittleEndian(version.minor)
        bytes.appendLittleEndian(revision)
        return bytes
    }
}
