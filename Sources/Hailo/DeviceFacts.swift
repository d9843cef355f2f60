internal import Base
internal import CHailoKernel
internal import Driver
internal import Firmware

/// What is found out about a device while it is opened. Finding it out refuses what this library cannot run.
struct DeviceFacts {
    let driverVersion: Version
    /// The largest page of a DMA descriptor, in bytes.
    let descriptorPageSize: UInt32
    let dmaEngines: UInt32
    let identity: DeviceIdentity
    let architecture: Architecture

    init(_ calls: DriverCalls, _ controls: ControlChannel, isExclusive: Bool) throws(HailoError) {
        let device = calls.driver.name
        let driver = try calls.queryDriverInfo()
        driverVersion = Version(driver.major_version, driver.minor_version, driver.revision_version)
        try DriverVersionPolicy.check(driverVersion, of: device)

        let properties = try calls.queryDeviceProperties()
        try DeviceFacts.check(properties, of: device)
        descriptorPageSize = UInt32(properties.desc_max_page_size)
        dmaEngines = UInt32(clamping: properties.dma_engines_count)

        if isExclusive { try DeviceFacts.reserve(calls) }
        identity = try DeviceIdentity(try controls.send(DeviceIdentity.request))
        guard let code = Int32(exactly: identity.architectureCode), let known = Architecture(rawValue: code) else {
            throw HailoError(
                .unsupportedDevice,
                "\(device) is a \(Architecture.foreignName(identity.architectureCode)); this library runs the Hailo-8 and the "
                    + "Hailo-8L")
        }
        architecture = known
    }

    /// Reserves the device for this open file, if nobody else has it.
    static func reserve(_ calls: DriverCalls) throws(HailoError) {
        guard try calls.markAsInUse() else {
            throw HailoError(
                .busy,
                "\(calls.driver.name) is reserved by another program or by another handle of this one. Close that first"
            )
        }
    }

    private static func check(_ properties: hailo_device_properties, of device: String) throws(HailoError) {
        guard properties.board_type == HAILO_BOARD_TYPE_HAILO8.rawValue,
            properties.dma_type == HAILO_DMA_TYPE_PCIE.rawValue
        else {
            throw HailoError(
                .unsupportedDevice,
                "\(device) is a board of type \(properties.board_type) with DMA of type \(properties.dma_type); this library runs "
                    + "Hailo-8 and Hailo-8L boards on PCIe")
        }
        guard properties.is_fw_loaded else {
            throw HailoError(
                .firmwareNotLoaded,
                "\(device) runs no firmware. The driver loads it from /lib/firmware/hailo when it starts; install "
                    + "hailo8_fw.bin there and reload the driver (modprobe -r hailo_pci; modprobe hailo_pci)")
        }
    }
}
