public import HailoBase
internal import HailoDriver

/// Memory that a device reads and writes itself. Frames that lie in it, begin at a page of the descriptors and need no conversion
/// are not copied on their way to or from the device.
public final class DeviceBuffer: @unchecked Sendable {
    private let memory: DeviceMemory
    private let device: Device

    private init(_ memory: DeviceMemory, _ device: Device) {
        self.memory = memory
        self.device = device
    }

    deinit {
        device.buffers.remove(memory)
    }

    /// `place` is where the memory will be, if that is known: what overlaps another buffer is refused before it is touched.
    private static func make(
        at place: UnsafeMutableRawBufferPointer? = nil, on device: Device,
        _ memory: () throws(HailoError) -> DMAMemory
    ) throws(HailoError) -> DeviceBuffer {
        let mapped = try device.buffers.add(at: place) { () throws(HailoError) in
            let memory = try memory()
            return DeviceMemory(memory, try device.dma.map(memory, nil), device.dma)
        }
        return DeviceBuffer(mapped, device)
    }

    /// New memory, all of it 0.
    public static func allocate(_ size: Int, on device: Device) throws(HailoError) -> DeviceBuffer {
        try make(on: device) { () throws(HailoError) in try DMAMemory.allocate(size) }
    }

    /// Memory of the caller's own, in whole pages. It has to stay until the buffer is gone. Children of fork() do not get it.
    public static func register(
        _ bytes: UnsafeMutableRawBufferPointer, on device: Device
    ) throws(HailoError) -> DeviceBuffer {
        try make(at: bytes, on: device) { () throws(HailoError) in try DMAMemory.register(bytes) }
    }

    /// The memory of another driver, such as a camera's, by the file descriptor of its dma-buf, which stays the caller's.
    public static func importing(
        dmaBuffer descriptor: Int32, _ size: Int, on device: Device
    ) throws(HailoError) -> DeviceBuffer {
        try make(on: device) { () throws(HailoError) in try DMAMemory.importing(descriptor, size) }
    }

    /// Where the program finds the memory.
    public var bytes: UnsafeMutableRawBufferPointer { memory.memory.bytes }
}
