internal import HailoBase
internal import HailoDriver
internal import HailoFirmware
internal import HailoFormats
internal import HailoKernelABI

/// What is found out about a device while it is opened. Finding it out refuses what this library cannot run.
struct DeviceFacts {
    let driverVersion: Version
    let driver: DriverInterface
    /// The largest page of a DMA descriptor, in bytes.
    let descriptorPageSize: UInt32
    let dmaEngines: UInt32
    let identity: DeviceIdentity
    let chip: Chip

    init(_ calls: DriverCalls, _ controls: ControlChannel, isExclusive: Bool) throws(HailoError) {
        let device = calls.driver.name
        driverVersion = try calls.queryDriverInfo()
        driver = try DriverVersionPolicy.interface(of: driverVersion, device)

        let properties = try calls.queryDeviceProperties()
        try DeviceFacts.check(properties, of: device)
        descriptorPageSize = properties.descriptorPageSize
        dmaEngines = properties.dmaEngines

        if isExclusive { try DeviceFacts.reserve(calls) }
        identity = try DeviceIdentity(try controls.send(DeviceIdentity.request))
        guard let code = Int32(exactly: identity.architectureCode), let known = Chip(rawValue: code) else {
            throw HailoError(
                .unsupportedDevice,
                "\(device) is a \(DeviceFacts.foreignChip(identity.architectureCode)); this library runs the Hailo-8 and the "
                    + "Hailo-8L")
        }
        chip = known
    }

    /// Reserves the device for this open file, if nobody else has it.
    static func reserve(_ calls: DriverCalls) throws(HailoError) {
        guard try calls.markAsInUse() else {
            throw HailoError(
                .busy,
                "\(calls.driver.name) is reserved by another program or by another handle of this one. Close that first"
                    + DeviceSharing.others(calls.driver))
        }
    }

    private static func check(_ properties: DeviceProperties, of device: String) throws(HailoError) {
        guard properties.isHailo8, properties.isPCIe else {
            throw HailoError(
                .unsupportedDevice,
                "\(device) is a board of type \(properties.boardType) with DMA of type \(properties.dmaType); this library runs "
                    + "Hailo-8 and Hailo-8L boards on PCIe")
        }
        guard properties.hasFirmware else {
            throw HailoError(
                .firmwareNotLoaded,
                "\(device) runs no firmware. The driver loads it from /lib/firmware/hailo when it starts; install "
                    + "hailo8_fw.bin there and reload the driver (modprobe -r hailo_pci; modprobe hailo_pci)")
        }
    }

    /// Names for the codes that the firmware of other chips answers with.
    private static func foreignChip(_ code: UInt32) -> String {
        switch code {
        case 0: "Hailo-8 A0 (an engineering sample)"
        case 3: "Hailo-15H"
        case 4: "Hailo-15L"
        case 5: "Hailo-10H"
        default: "chip number \(code)"
        }
    }
}
