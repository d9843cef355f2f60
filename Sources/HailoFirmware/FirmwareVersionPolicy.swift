package import HailoBase

/// Which versions of the firmware this library configures: those of the Hailo-8 family from 4.18 on. Action lists of another
/// layout would not be noticed by the firmware, so what comes after 4.23 is tried with a warning only.
package enum FirmwareVersionPolicy {
    package static let supportedText = "4.18 to 4.23"
    private static let oldest = Version(4, 18, 0)
    private static let firstUntested = Version(4, 24, 0)
    private static let firstForeign = Version(5, 0, 0)

    package static func supports(_ version: Version) -> Bool { version >= oldest && version < firstForeign }

    /// How firmware of this version is spoken to.
    package static func interface(of version: Version, _ device: String) throws(HailoError) -> FirmwareInterface {
        guard supports(version) else {
            throw HailoError(
                .unsupportedDevice,
                "\(device): firmware \(version) \(version < oldest ? "is too old" : "is for other chips"); this library configures "
                    + "firmware \(supportedText). Install it together with the driver of the same release, then restart"
            )
        }
        if version >= firstUntested {
            Log.warning(
                "\(device): firmware \(version) is newer than the versions that this library was tested with; trying it. If "
                    + "frames do not come back or are wrong, install driver and firmware \(supportedText)")
        }
        return FirmwareInterface(of: version)
    }
}
