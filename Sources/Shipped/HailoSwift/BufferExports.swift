internal import HailoBase
internal import HailoCInterface
internal import CHailoSwift
internal import Hailo

@_cdecl("hailoswift_buffer_allocate") @implementation
public func hailoswift_buffer_allocate(
    _ device: OpaquePointer!, _ size: Int, _ buffer: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    make(device, buffer) { device throws(HailoError) in
        try checkSize(size)
        return try DeviceBuffer.allocate(size, on: device)
    }
}

@_cdecl("hailoswift_buffer_register") @implementation
public func hailoswift_buffer_register(
    _ device: OpaquePointer!, _ data: UnsafeMutableRawPointer!, _ size: Int,
    _ buffer: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    make(device, buffer) { device throws(HailoError) in
        guard let data else { throw HailoError(.invalidArgument, "argument data is NULL") }
        try checkSize(size)
        return try DeviceBuffer.register(UnsafeMutableRawBufferPointer(start: data, count: size), on: device)
    }
}

@_cdecl("hailoswift_buffer_import") @implementation
public func hailoswift_buffer_import(
    _ device: OpaquePointer!, _ descriptor: Int32, _ size: Int, _ buffer: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    make(device, buffer) { device throws(HailoError) in
        try checkSize(size)
        return try DeviceBuffer.importing(dmaBuffer: descriptor, size, on: device)
    }
}

private func checkSize(_ size: Int) throws(HailoError) {
    guard size >= 0 else {
        throw HailoError(.invalidArgument, "size is \(UInt(bitPattern: size)) bytes, which is too large")
    }
}

private func make(
    _ device: OpaquePointer?, _ buffer: UnsafeMutablePointer<OpaquePointer?>?,
    _ body: (Device) throws(HailoError) -> DeviceBuffer
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(device, .device, as: Device.self)
        let target = try required(buffer, "buffer")
        target.pointee = HandleTable.shared.insert(try body(opened), kind: .buffer)
    }
}

@_cdecl("hailoswift_buffer_get_data") @implementation
public func hailoswift_buffer_get_data(
    _ buffer: OpaquePointer!, _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>!,
    _ size: UnsafeMutablePointer<Int>!
) -> Int32 {
    call { () throws(HailoError) in
        let bytes = try HandleTable.shared.object(buffer, .buffer, as: DeviceBuffer.self).bytes
        try required(data, "data").pointee = bytes.baseAddress
        size?.pointee = bytes.count
    }
}

@_cdecl("hailoswift_buffer_release") @implementation
public func hailoswift_buffer_release(_ buffer: OpaquePointer!) {
    release(buffer, .buffer)
}
