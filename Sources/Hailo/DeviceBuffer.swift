public import Base
internal import Driver

/// Memory that a device reaches by itself. Frames that lie in it, begin at a page of the descriptors and need no conversion
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
            return DeviceMemory(memory, try device.dma.map(memory, .both), device.dma)
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

/// A piece of memory that the device has been told of. Jobs keep it as long as their frames are in flight.
final class DeviceMemory: @unchecked Sendable {
    let memory: DMAMemory
    private let buffer: DMA.Buffer
    private let dma: DMA

    init(_ memory: DMAMemory, _ buffer: DMA.Buffer, _ dma: DMA) {
        self.memory = memory
        self.buffer = buffer
        self.dma = dma
    }

    deinit {
        do throws(HailoError) {
            try dma.unmap(buffer)
        } catch {
            Log.warning("a buffer stays known to the device until it is closed: \(error.message)")
        }
    }

    var start: UInt { UInt(bitPattern: memory.bytes.baseAddress) }
    var end: UInt { start + UInt(memory.bytes.count) }

    /// Where bytes lie in it; nil if they do not.
    func place(of bytes: UnsafeRawBufferPointer) -> StreamQueue.Place? {
        let first = UInt(bitPattern: bytes.baseAddress)
        guard first >= start, first <= end, UInt(bytes.count) <= end - first else { return nil }
        return StreamQueue.Place(buffer: buffer, offset: Int(first - start))
    }
}

/// The buffers of a device, found by the addresses in them.
final class DeviceBuffers: @unchecked Sendable {
    private let lock = Lock()
    private static let most = 4096
    /// In the order of their addresses. They do not overlap.
    private var memories: [DeviceMemory] = []

    /// Adds what `make` makes, unless `place` overlaps memory that is known.
    func add(
        at place: UnsafeMutableRawBufferPointer?, _ make: () throws(HailoError) -> DeviceMemory
    ) throws(HailoError) -> DeviceMemory {
        try lock.withLock { () throws(HailoError) in
            if let place { try checkOverlap(of: place) }
            guard memories.count < DeviceBuffers.most else {
                throw HailoError(
                    .outOfMemory, "the device has \(DeviceBuffers.most) buffers, as many as can be; release some first")
            }
            let memory = try make()
            memories.insert(memory, at: position(of: memory.start))
            return memory
        }
    }

    private func checkOverlap(of place: UnsafeMutableRawBufferPointer) throws(HailoError) {
        let start = UInt(bitPattern: place.baseAddress)
        let (end, overflows) = start.addingReportingOverflow(UInt(bitPattern: place.count))
        let index = position(of: start)
        guard !overflows, index == 0 || memories[index - 1].end <= start,
            index == memories.count || memories[index].start >= end
        else {
            throw HailoError(.invalidArgument, "part of this memory is registered for the device already")
        }
    }

    func remove(_ memory: DeviceMemory) {
        lock.withLock { memories.removeAll { $0 === memory } }
    }

    /// The memory that all these bytes lie in.
    func find(_ bytes: UnsafeRawBufferPointer) -> DeviceMemory? {
        lock.withLock {
            guard !memories.isEmpty else { return nil }
            let index = position(of: UInt(bitPattern: bytes.baseAddress) &+ 1)
            guard index > 0, memories[index - 1].place(of: bytes) != nil else { return nil }
            return memories[index - 1]
        }
    }

    /// How many begin before an address.
    private func position(of address: UInt) -> Int {
        var (low, high) = (0, memories.count)
        while low < high {
            let middle = (low + high) / 2
            if memories[middle].start < address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
