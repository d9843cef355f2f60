package import HailoBase

/// Which versions of the kernel driver this library works with.
///
/// The structures are the same from 4.21 to 4.23. 4.20 lays them out differently. What comes after 4.23 is tried with a
/// warning; 5.x serves other chips.
package enum DriverVersionPolicy {
    package static let supportedText = "4.21, 4.22 or 4.23"
    private static let oldest = Version(4, 21, 0)
    private static let firstUntested = Version(4, 24, 0)
    private static let firstForeign = Version(5, 0, 0)

    package static func check(_ version: Version, of device: String) throws(HailoError) {
        if version < oldest {
            throw HailoError(
                .unsupportedDriver,
                "\(device): kernel driver \(version) is too old; its interface differs. Install hailort-drivers \(supportedText)"
            )
        }
        if version >= firstForeign {
            throw HailoError(
                .unsupportedDriver,
                "\(device): kernel driver \(version) is for other chips than the Hailo-8 and Hailo-8L. Install "
                    + "hailort-drivers \(supportedText)")
        }
        if version >= firstUntested {
            Log.warning(
                "\(device): kernel driver \(version) is newer than the versions that this library supports; trying "
                    + "it. If anything fails, install hailort-drivers \(supportedText)")
        }
    }
}
