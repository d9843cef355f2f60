package import HailoBase
internal import CHailoPlatform

/// Finds the devices that the kernel driver knows, through sysfs and without opening any of them.
package enum DeviceScan {
    package static let classPath = "/sys/class/hailo_chardev"

    package struct Entry: Equatable, Sendable {
        /// The device file, "/dev/hailo0".
        package let path: String
        /// "0000:01:00.0"
        package let pciAddress: String
        /// False for the families that are whole systems (Hailo-10, Hailo-15).
        package let isNeuralNetworkCore: Bool
    }

    /// All devices, in the order of their numbers. None where the driver is not loaded.
    package static func devices(in folder: String = classPath) throws(HailoError) -> [Entry] {
        guard let directory = opendir(folder) else {
            let failure = hailoplatform_errno()
            if failure == ENOENT { return [] }
            throw HailoError(
                .driverFailure,
                "cannot list Hailo devices in \(folder) (\(DriverFailure.name(of: Int(failure))))",
                cause: .system(errno: failure))
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = String(cString: hailoplatform_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
        names = names.ordered { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        var entries: [Entry] = []
        for name in names {
            entries.append(
                Entry(
                    path: "/dev/" + name,
                    pciAddress: try attribute("board_location", of: name, in: folder),
                    isNeuralNetworkCore: try attribute("accelerator_type", of: name, in: folder) == "0"))
        }
        return entries
    }

    /// The driver's attributes have no newline at the end, but other kernels' may.
    private static func attribute(
        _ attribute: String, of name: String, in folder: String
    ) throws(HailoError) -> String {
        let path = folder + "/" + name + "/" + attribute
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = buffer.withUnsafeMutableBytes { hailoplatform_read_file(path, $0.baseAddress, $0.count) }
        guard count >= 0 else {
            throw HailoError(
                .driverFailure,
                "cannot read \(path) (\(DriverFailure.name(of: -count))), which the driver should provide",
                cause: .system(errno: Int32(truncatingIfNeeded: -count)))
        }
        let text = buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
        return String(decoding: text, as: UTF8.self)
    }
}
