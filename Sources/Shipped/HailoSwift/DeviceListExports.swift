internal import HailoBase
internal import HailoCInterface
public import CHailoSwift
internal import Hailo

private final class ListHandle {
    let list: DeviceList
    init(_ list: DeviceList) { self.list = list }
}

@_cdecl("hailoswift_scan") @implementation
public func hailoswift_scan(_ flags: UInt32, _ list: UnsafeMutablePointer<OpaquePointer?>!) -> Int32 {
    call { () throws(HailoError) in
        let list = try required(list, "list")
        guard flags <= UInt32(HAILOSWIFT_SCAN_EMULATED) else {
            throw HailoError(
                .invalidArgument, "scan flags \(flags.hexadecimal) are not known to hailoswift_scan()")
        }
        let found = try DeviceList.scan(includingEmulated: flags & UInt32(HAILOSWIFT_SCAN_EMULATED) != 0)
        list.pointee = HandleTable.shared.insert(ListHandle(found), kind: .deviceList)
    }
}

@_cdecl("hailoswift_device_list_count") @implementation
public func hailoswift_device_list_count(_ list: OpaquePointer!) -> Int {
    var count = 0
    _ = call { () throws(HailoError) in
        count = try HandleTable.shared.object(list, .deviceList, as: ListHandle.self).list.entries.count
    }
    return count
}

@_cdecl("hailoswift_device_list_get") @implementation
public func hailoswift_device_list_get(
    _ list: OpaquePointer!, _ index: Int, _ entry: UnsafeMutablePointer<hailoswift_device_entry>!
) -> Int32 {
    call { () throws(HailoError) in
        let entries = try HandleTable.shared.object(list, .deviceList, as: ListHandle.self).list.entries
        let target = try required(entry, "entry")
        let device = try element(entries, index, "entries")
        var value = hailoswift_device_entry()
        copy(device.id, to: &value.id)
        copy(device.path, to: &value.path)
        value.is_emulated = device.isEmulated ? 1 : 0
        value.is_supported = device.isSupported ? 1 : 0
        try GrowingStruct.write(
            value, to: target, smallest: MemoryLayout<hailoswift_device_entry>.size, "entry")
    }
}

@_cdecl("hailoswift_device_list_release") @implementation
public func hailoswift_device_list_release(_ list: OpaquePointer!) {
    release(list, .deviceList)
}
