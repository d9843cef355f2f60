internal import HailoBase
internal import HailoDriver

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
            Log.warning("a buffer stays mapped for the device until the device is closed: \(error.message)")
        }
    }

    var start: UInt { UInt(bitPattern: memory.bytes.baseAddress) }
    var end: UInt { start + UInt(memory.bytes.count) }

    /// Where bytes lie in it; nil if they do not.
    func place(of bytes: UnsafeRawBufferPointer) -> MemoryPlace? {
        let first = UInt(bitPattern: bytes.baseAddress)
        guard first >= start, first <= end, UInt(bytes.count) <= end - first else { return nil }
        return MemoryPlace(buffer: buffer, offset: Int(first - start))
    }
}

/// Where a frame lies in memory that the device reaches.
struct MemoryPlace {
    let buffer: DMA.Buffer
    let offset: Int
}
