internal import HailoBase
internal import HailoCInterface
public import CHailoSwift
internal import Hailo

@_cdecl("hailoswift_device_open") @implementation
public func hailoswift_device_open(
    _ id: UnsafePointer<CChar>!, _ options: UnsafePointer<hailoswift_device_options>!,
    _ device: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let target = try required(device, "device")
        let options = try options.map(deviceOptions)
        let opened = try Device.open(id == nil ? nil : try required(id, "id"), options: options ?? Device.Options())
        target.pointee = HandleTable.shared.insert(opened, kind: .device)
    }
}

func deviceOptions(_ pointer: UnsafePointer<hailoswift_device_options>) throws(HailoError) -> Device.Options {
    let given = try GrowingStruct.read(
        pointer, defaults: hailoswift_device_options(),
        // Without what is about turns, as it was at first.
        smallest: MemoryLayout<hailoswift_device_options>.size - 4 * MemoryLayout<UInt32>.size, "options")
    var options = Device.Options()
    guard (0...1).contains(given.exclusive) else {
        throw HailoError(.invalidArgument, "options.exclusive is \(given.exclusive); it takes 0 or 1")
    }
    options.isExclusive = given.exclusive == 1
    if given.control_timeout_ms != 0 { options.controlTimeoutMilliseconds = given.control_timeout_ms }
    options.ageingMilliseconds = given.ageing_ms
    guard (0...1).contains(given.shared) else {
        throw HailoError(.invalidArgument, "options.shared is \(given.shared); it takes 0 or 1")
    }
    guard given.shared == 1 else { return options }
    var sharing = Device.Sharing()
    if given.turn_ms != 0 { sharing.turnMilliseconds = given.turn_ms }
    if given.wait_ms != 0 { sharing.waitMilliseconds = given.wait_ms }
    options.sharing = sharing
    return options
}

@_cdecl("hailoswift_device_get_info") @implementation
public func hailoswift_device_get_info(
    _ device: OpaquePointer!, _ info: UnsafeMutablePointer<hailoswift_device_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(device, .device, as: Device.self)
        let target = try required(info, "info")
        try GrowingStruct.write(
            exported(try opened.info), to: target, smallest: MemoryLayout<hailoswift_device_info>.size, "info")
    }
}

private func exported(_ info: DeviceInfo) -> hailoswift_device_info {
    var value = hailoswift_device_info()
    copy(info.id, to: &value.id)
    copy(info.path, to: &value.path)
    value.is_emulated = info.isEmulated ? 1 : 0
    value.architecture = info.chip.rawValue
    copy(info.boardName, to: &value.board_name)
    copy(info.serialNumber, to: &value.serial_number)
    copy(info.partNumber, to: &value.part_number)
    copy(info.productName, to: &value.product_name)
    value.driver_version = exported(info.driverVersion)
    value.firmware_version = exported(info.firmwareVersion)
    value.core_firmware_version = exported(info.coreFirmwareVersion)
    value.firmware_is_release = info.firmwareIsRelease ? 1 : 0
    value.control_protocol_version = info.controlProtocolVersion
    value.logger_version = info.loggerVersion
    value.core_clock_hz = info.coreClock
    value.supported_features = info.features.rawValue
    value.boot_source = info.bootSource.rawValue
    value.life_cycle_state = info.lifeCycleState
    value.cluster_layout = info.clusterLayout
    copy(info.socID, to: &value.soc_id)
    copy(info.ethernetAddress, to: &value.ethernet_address)
    copy(info.unitTrackingID, to: &value.unit_tracking_id)
    copy(info.processMonitor, to: &value.process_monitor)
    value.dma_page_size = info.dmaPageSize
    value.dma_engines = info.dmaEngines
    value.data_origin = info.dataOrigin.rawValue
    return value
}

private func exported(_ version: Version) -> hailoswift_version_number {
    hailoswift_version_number(
        major_version: version.major, minor_version: version.minor, revision: version.revision)
}

@_cdecl("hailoswift_device_get_temperature") @implementation
public func hailoswift_device_get_temperature(
    _ device: OpaquePointer!, _ temperature: UnsafeMutablePointer<hailoswift_temperature>!
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(device, .device, as: Device.self)
        let target = try required(temperature, "temperature")
        let reading = try opened.temperature()
        var value = hailoswift_temperature()
        value.sensor0 = reading.sensor0
        value.sensor1 = reading.sensor1
        value.sample_count = reading.sampleCount
        try GrowingStruct.write(
            value, to: target, smallest: MemoryLayout<hailoswift_temperature>.size, "temperature")
    }
}

@_cdecl("hailoswift_device_get_power") @implementation
public func hailoswift_device_get_power(_ device: OpaquePointer!, _ watts: UnsafeMutablePointer<Float>!) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(device, .device, as: Device.self)
        try required(watts, "watts").pointee = try opened.power()
    }
}

@_cdecl("hailoswift_device_get_statistics") @implementation
public func hailoswift_device_get_statistics(
    _ device: OpaquePointer!, _ statistics: UnsafeMutablePointer<hailoswift_device_statistics>!
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(device, .device, as: Device.self)
        let target = try required(statistics, "statistics")
        let counted = opened.statistics
        var value = hailoswift_device_statistics()
        value.frames = counted.frames
        value.turns = counted.turns
        value.busy_ns = counted.busyNanoseconds
        value.elapsed_ns = counted.elapsedNanoseconds
        value.session_count = UInt32(clamping: counted.sessions)
        try GrowingStruct.write(
            value, to: target, smallest: MemoryLayout<hailoswift_device_statistics>.size, "statistics")
    }
}

@_cdecl("hailoswift_device_release") @implementation
public func hailoswift_device_release(_ device: OpaquePointer!) {
    release(device, .device)
}
