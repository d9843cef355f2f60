public import HailoBase
internal import HailoDriver

/// The devices of this machine.
public struct DeviceList: Sendable {
    public struct Entry: Equatable, Sendable {
        /// What to open the device by.
        public let id: String
        /// The device file; empty for an emulated device.
        public let path: String
        public let isEmulated: Bool
        /// Whether this library can run it.
        public let isSupported: Bool
    }

    public let entries: [Entry]

    /// Looks for devices without opening them. Emulated ones are listed on request only.
    public static func scan(includingEmulated: Bool = false) throws(HailoError) -> DeviceList {
        var entries = try DeviceScan.devices().map {
            Entry(id: $0.pciAddress, path: $0.path, isEmulated: false, isSupported: $0.isNeuralNetworkCore)
        }
        if includingEmulated {
            for id in try EmulatedDevices.ids() {
                entries.append(Entry(id: id, path: "", isEmulated: true, isSupported: true))
            }
        }
        return DeviceList(entries: entries)
    }
}
