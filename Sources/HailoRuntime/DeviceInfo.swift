public import HailoBase
internal import HailoFirmware
public import HailoFormats

/// Where a device got its firmware from.
public enum BootSource: Int32, Sendable {
    case unknown = 0
    case pcie = 1
    case flash = 2

    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .pcie: "pcie"
        case .flash: "flash"
        }
    }
}

/// What a board can do besides running networks.
public struct DeviceFeatures: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let ethernet = DeviceFeatures(rawValue: 1)
    public static let mipi = DeviceFeatures(rawValue: 2)
    public static let pcie = DeviceFeatures(rawValue: 4)
    public static let currentMonitoring = DeviceFeatures(rawValue: 8)
    public static let mdio = DeviceFeatures(rawValue: 16)

    /// The names of the features that are present.
    public var names: [String] {
        let known: [(DeviceFeatures, String)] = [
            (.ethernet, "ethernet"), (.mipi, "mipi"), (.pcie, "pcie"), (.currentMonitoring, "current_monitoring"),
            (.mdio, "mdio"),
        ]
        return known.filter { contains($0.0) }.map { $0.1 }
    }
}

/// General information about a device.
public struct DeviceInfo: Sendable {
    /// The PCI address, or the id of an emulated device.
    public let id: String
    /// The device file; empty for an emulated device.
    public let path: String
    public let isEmulated: Bool
    /// Where the frames of the network group come from that was activated last.
    public internal(set) var dataOrigin = DataOrigin.chip
    public let chip: Chip
    public let boardName, serialNumber, partNumber, productName: String
    public let driverVersion, firmwareVersion, coreFirmwareVersion: Version
    public let firmwareIsRelease: Bool
    public let controlProtocolVersion, loggerVersion: UInt32
    /// In Hz.
    public let coreClock: UInt32
    public let features: DeviceFeatures
    public let bootSource: BootSource
    public let lifeCycleState: UInt32
    /// Which clusters of a Hailo-8L work, one bit each; 0 on a Hailo-8.
    public let clusterLayout: UInt32
    public let socID, ethernetAddress, unitTrackingID, processMonitor: [UInt8]
    /// The largest page of a DMA descriptor, in bytes.
    public let dmaPageSize: UInt32
    public let dmaEngines: UInt32

    /// What keeps the firmware from being configured, or what is unusual about the releases of firmware and driver; nil if
    /// nothing is.
    public var releaseNote: String? {
        guard FirmwareVersionPolicy.supports(firmwareVersion) else {
            return "firmware \(firmwareVersion) is not supported; models cannot be run. Install driver and firmware "
                + FirmwareVersionPolicy.supportedText
        }
        guard driverVersion != firmwareVersion else { return nil }
        return
            "driver \(driverVersion) and firmware \(firmwareVersion) are of different releases; this library speaks to each in "
            + "its own way, the vendor's programs refuse to run"
    }

    /// Whether this library can run models with this driver and firmware.
    public var isServed: Bool { FirmwareVersionPolicy.supports(firmwareVersion) }

    init(
        id: String, path: String, isEmulated: Bool, _ facts: DeviceFacts, _ core: CoreIdentity,
        _ information: DeviceInformation
    ) {
        self.id = id
        self.path = path
        self.isEmulated = isEmulated
        chip = facts.chip
        boardName = facts.identity.boardName
        serialNumber = facts.identity.serialNumber
        partNumber = facts.identity.partNumber
        productName = facts.identity.productName
        driverVersion = facts.driverVersion
        firmwareVersion = facts.identity.firmware.version
        coreFirmwareVersion = core.firmware.version
        firmwareIsRelease = facts.identity.firmware.isRelease
        controlProtocolVersion = facts.identity.protocolVersion
        loggerVersion = facts.identity.loggerVersion
        coreClock = information.coreClock
        features = DeviceFeatures(rawValue: information.supportedFeatures)
        bootSource = BootSource(rawValue: Int32(truncatingIfNeeded: information.bootSource)) ?? .unknown
        lifeCycleState = UInt32(information.lifeCycleState)
        clusterLayout = information.clusterLayout
        socID = information.socID
        ethernetAddress = information.ethernetAddress
        unitTrackingID = information.unitTrackingID
        processMonitor = information.processMonitor
        dmaPageSize = facts.descriptorPageSize
        dmaEngines = facts.dmaEngines
    }
}

/// Readings of the two temperature sensors, in degrees Celsius.
public struct Temperature: Equatable, Sendable {
    public let sensor0, sensor1: Float
    /// How many samples the readings average.
    public let sampleCount: UInt32
}
