public import Base
internal import CHailoKernel
internal import Driver
internal import Firmware

/// An open device. It closes when the last reference to it goes.
public final class Device: @unchecked Sendable {
    /// How to open a device.
    public struct Options: Sendable {
        /// Reserve the device, so that no other program can.
        public var isExclusive = false
        /// How long the firmware may take to answer.
        public var controlTimeoutMilliseconds: UInt32 = 1000

        public init() {}
    }

    private let calls: DriverCalls
    private let controls: ControlChannel
    private let path: String
    private let pciAddress: String?
    private let driverVersion: Version
    private let dmaPageSize: UInt32
    private let dmaEngines: UInt32
    private let identity: DeviceIdentity
    private let architecture: Architecture
    private let infoLock = Lock()
    private var cachedInfo: DeviceInfo?

    /// Opens the device with this id, or, without one, the device that HAILOSWIFT_DEVICE names or the machine's only one.
    public init(_ id: String? = nil, options: Options = Options()) throws(HailoError) {
        let deviceID = if let id { try DeviceID(id) } else { try DeviceID.standard() }
        let opened = try deviceID.open()
        (path, pciAddress) = (opened.path, opened.pciAddress)
        calls = DriverCalls(opened.driver)
        do throws(HailoError) {
            driverVersion = try Device.driverVersion(calls)
            let properties = try Device.usableProperties(calls)
            dmaPageSize = UInt32(properties.desc_max_page_size)
            dmaEngines = UInt32(clamping: properties.dma_engines_count)
            if options.isExclusive { try Device.reserve(calls) }
            controls = ControlChannel(calls: calls, timeoutMilliseconds: options.controlTimeoutMilliseconds)
            identity = try DeviceIdentity(try controls.send(DeviceIdentity.request))
            architecture = try Device.architecture(identity, of: opened.driver.name)
        } catch {
            opened.driver.close()
            throw error
        }
        Log.info(
            "opened \(opened.driver.name): \(architecture.name), driver \(driverVersion), firmware \(identity.firmware.version)"
        )
    }

    deinit {
        calls.driver.close()
    }

    // MARK: What it can be asked

    /// Who the device is.
    public var info: DeviceInfo {
        get throws(HailoError) {
            try infoLock.withLock { () throws(HailoError) in
                if let cachedInfo { return cachedInfo }
                let core = try CoreIdentity(try controls.send(CoreIdentity.request))
                let information = try DeviceInformation(try controls.send(DeviceInformation.request))
                let info = describe(core, information)
                cachedInfo = info
                return info
            }
        }
    }

    /// The temperature of the chip.
    public func temperature() throws(HailoError) -> Temperature {
        let answer = try ChipTemperature(try controls.send(ChipTemperature.request))
        return Temperature(sensor0: answer.sensor0, sensor1: answer.sensor1, sampleCount: UInt32(answer.sampleCount))
    }

    /// The power that the device draws, in watts. Only boards with current monitoring can measure it.
    public func power() throws(HailoError) -> Float {
        try PowerMeasurement(try controls.send(PowerMeasurement.request)).value
    }

    // MARK: Steps of opening

    private static func driverVersion(_ calls: DriverCalls) throws(HailoError) -> Version {
        let info = try calls.queryDriverInfo()
        let version = Version(info.major_version, info.minor_version, info.revision_version)
        try DriverVersionPolicy.check(version, of: calls.driver.name)
        return version
    }

    private static func usableProperties(_ calls: DriverCalls) throws(HailoError) -> hailo_device_properties {
        let properties = try calls.queryDeviceProperties()
        guard properties.board_type == HAILO_BOARD_TYPE_HAILO8.rawValue,
            properties.dma_type == HAILO_DMA_TYPE_PCIE.rawValue
        else {
            throw HailoError(
                .unsupportedDevice,
                "\(calls.driver.name) is a board of type \(properties.board_type) with DMA of type \(properties.dma_type); this library "
                    + "runs Hailo-8 and Hailo-8L boards on PCIe")
        }
        guard properties.is_fw_loaded else {
            throw HailoError(
                .firmwareNotLoaded,
                "\(calls.driver.name) runs no firmware. The driver loads it from /lib/firmware/hailo when it starts; install "
                    + "hailo8_fw.bin there and reload the driver (modprobe -r hailo_pci; modprobe hailo_pci)")
        }
        return properties
    }

    private static func reserve(_ calls: DriverCalls) throws(HailoError) {
        guard try calls.markAsInUse() else {
            throw HailoError(
                .busy,
                "\(calls.driver.name) is reserved by another program or by another handle of this one. Close that first, or open the "
                    + "device shared")
        }
    }

    private static func architecture(
        _ identity: DeviceIdentity, of device: String
    ) throws(HailoError) -> Architecture {
        guard let code = Int32(exactly: identity.architectureCode), let architecture = Architecture(rawValue: code)
        else {
            throw HailoError(
                .unsupportedDevice,
                "\(device) is a \(Architecture.foreignName(identity.architectureCode)); this library runs the Hailo-8 and "
                    + "the Hailo-8L")
        }
        return architecture
    }

    private func describe(_ core: CoreIdentity, _ information: DeviceInformation) -> DeviceInfo {
        DeviceInfo(
            id: pciAddress ?? calls.driver.name, path: path, isEmulated: path.isEmpty, architecture: architecture,
            boardName: identity.boardName, serialNumber: identity.serialNumber, partNumber: identity.partNumber,
            productName: identity.productName, driverVersion: driverVersion,
            firmwareVersion: identity.firmware.version, coreFirmwareVersion: core.firmware.version,
            firmwareIsRelease: identity.firmware.isRelease, controlProtocolVersion: identity.protocolVersion,
            loggerVersion: identity.loggerVersion, coreClock: information.coreClock,
            features: DeviceFeatures(rawValue: information.supportedFeatures),
            bootSource: BootSource(rawValue: Int32(truncatingIfNeeded: information.bootSource)) ?? .unknown,
            lifeCycleState: UInt32(information.lifeCycleState), clusterLayout: information.clusterLayout,
            socID: information.socID, ethernetAddress: information.ethernetAddress,
            unitTrackingID: information.unitTrackingID, processMonitor: information.processMonitor,
            dmaPageSize: dmaPageSize, dmaEngines: dmaEngines)
    }
}
