internal import HailoBase
internal import HailoCInterface
public import CHailoSwift
internal import Hailo

/// No machine has more devices by far.
private let maximumDevices = 1024

@_cdecl("hailoswift_device_group_open") @implementation
public func hailoswift_device_group_open(
    _ options: UnsafePointer<hailoswift_device_group_options>!, _ group: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let target = try required(group, "group")
        let options = try options.map(imported) ?? DeviceGroup.Options()
        target.pointee = HandleTable.shared.insert(try DeviceGroup.open(options), kind: .deviceGroup)
    }
}

private func imported(
    _ pointer: UnsafePointer<hailoswift_device_group_options>
) throws(HailoError) -> DeviceGroup.Options {
    let given = try GrowingStruct.read(
        pointer, defaults: hailoswift_device_group_options(),
        smallest: MemoryLayout<hailoswift_device_group_options>.size, "options")
    var options = DeviceGroup.Options()
    guard given.device_count <= maximumDevices else {
        throw HailoError(
            .invalidArgument, "options.device_count is \(given.device_count); it takes up to \(maximumDevices)")
    }
    if let ids = given.ids {
        guard given.device_count > 0 else {
            throw HailoError(.invalidArgument, "options.ids is set, but options.device_count is 0")
        }
        for index in 0..<given.device_count {
            guard let id = ids[index] else { throw HailoError(.invalidArgument, "options.ids[\(index)] is NULL") }
            options.ids.append(try required(id, "options.ids"))
        }
    } else {
        options.count = given.device_count
    }
    if let name = given.name { options.name = try required(name, "options.name") }
    if let device = given.device_options { options.device = try deviceOptions(device) }
    return options
}

@_cdecl("hailoswift_device_group_count") @implementation
public func hailoswift_device_group_count(_ group: OpaquePointer!) -> Int {
    var count = 0
    _ = call { () throws(HailoError) in
        count = try HandleTable.shared.object(group, .deviceGroup, as: DeviceGroup.self).devices.count
    }
    return count
}

@_cdecl("hailoswift_device_group_get_device") @implementation
public func hailoswift_device_group_get_device(
    _ group: OpaquePointer!, _ index: Int, _ device: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(group, .deviceGroup, as: DeviceGroup.self)
        let target = try required(device, "device")
        target.pointee = HandleTable.shared.insert(try element(opened.devices, index, "devices"), kind: .device)
    }
}

@_cdecl("hailoswift_device_group_create_session") @implementation
public func hailoswift_device_group_create_session(
    _ group: OpaquePointer!, _ model: OpaquePointer!, _ options: UnsafePointer<hailoswift_session_options>!,
    _ session: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(group, .deviceGroup, as: DeviceGroup.self)
        try createSession(model, options, session) { model, options throws(HailoError) in
            try opened.configure(model, options: options)
        }
    }
}

@_cdecl("hailoswift_device_group_release") @implementation
public func hailoswift_device_group_release(_ group: OpaquePointer!) {
    release(group, .deviceGroup)
}
