package import HailoBase
package import HailoKernelABI

/// Which versions of the kernel driver this library works with: those of the Hailo-8 family from 4.18 on. What comes after
/// 4.23 is tried with a warning; 5.x serves other chips.
package enum DriverVersionPolicy {
    package static let supportedText = "4.18 to 4.23"
    private static let oldest = Version(4, 18, 0)
    private static let firstUntested = Version(4, 24, 0)
    private static let firstForeign = Version(5, 0, 0)

    package static func supports(_ version: Version) -> Bool { version >= oldest && version < firstForeign }

    /// How a driver of this version is spoken to.
    package static func interface(of version: Version, _ device: String) throws(HailoError) -> DriverInterface {
        guard supports(version) else {
            throw HailoError(
                .unsupportedDriver,
                "\(device): kernel driver \(version) "
                    + (version < oldest
                        ? "is too old; its interface differs" : "is for other chips than the Hailo-8 and Hailo-8L")
                    + ". Install hailort-drivers \(supportedText)")
        }
        if version >= firstUntested {
            Log.warning(
                "\(device): kernel driver \(version) is newer than the versions that this library was tested with; trying "
                    + "it. If anything fails, install hailort-drivers \(supportedText)")
        }
        return DriverInterface(of: version)
    }
}
