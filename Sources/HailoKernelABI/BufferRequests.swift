package import HailoFormats
internal import CHailoKernel

/// Memory, as the driver is told of it.
package enum MemoryReference: Equatable, Sendable {
    case address(UInt64)
    /// The memory of another driver, by the file descriptor of its dma-buf.
    case dmaBuffer(descriptor: UInt64)

    var type: UInt32 {
        switch self {
        case .address: HAILO_DMA_USER_PTR_BUFFER.rawValue
        case .dmaBuffer: HAILO_DMA_DMABUF_BUFFER.rawValue
        }
    }

    var value: UInt64 {
        switch self {
        case .address(let address): address
        case .dmaBuffer(let descriptor): descriptor
        }
    }

    /// The memory from `offset` on. A dma-buf is always used from its start.
    package func advanced(by offset: Int) -> MemoryReference {
        switch self {
        case .address(let address): .address(address &+ UInt64(offset))
        case .dmaBuffer: self
        }
    }
}

/// Makes memory known to the device. The answer is the buffer's handle.
package struct MapBuffer: UniformRequest {
    package static let name: StaticString = "VDMA_BUFFER_MAP"

    private let memory: MemoryReference
    private let size: Int
    private let direction: Direction?

    /// `direction` is nil for memory that the device reads and writes.
    package init(_ memory: MemoryReference, size: Int, direction: Direction?) {
        self.memory = memory
        self.size = size
        self.direction = direction
    }

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> UInt64 {
        let way: UInt32 =
            switch direction {
            case nil: 0
            case .input: 1
            case .output: 2
            }
        var parameters = hailo_vdma_buffer_map_params(
            user_address: memory.value, size: UInt64(size), data_direction: way, buffer_type: memory.type,
            allocated_buffer_handle: INVALID_DRIVER_HANDLE_VALUE, mapped_handle: 0)
        try exchange(&parameters, HAILO_VDMA_BUFFER_MAP, call)
        return parameters.mapped_handle
    }
}

package struct UnmapBuffer: UniformRequest {
    package static let name: StaticString = "VDMA_BUFFER_UNMAP"

    private let handle: UInt64

    package init(handle: UInt64) { self.handle = handle }

    package func perform(_ call: DriverCall) throws(DriverRefusal) {
        var parameters = hailo_vdma_buffer_unmap_params(mapped_handle: handle)
        try exchange(&parameters, HAILO_VDMA_BUFFER_UNMAP, call)
    }
}

/// Hands a part of a buffer over, to the device or back to the program.
package struct SynchronizeBuffer: UniformRequest {
    package static let name: StaticString = "VDMA_BUFFER_SYNC"

    private let handle: UInt64
    private let isForDevice: Bool
    private let offset, count: Int

    package init(handle: UInt64, forDevice: Bool, offset: Int, count: Int) {
        self.handle = handle
        isForDevice = forDevice
        self.offset = offset
        self.count = count
    }

    package func perform(_ call: DriverCall) throws(DriverRefusal) {
        let receiver = isForDevice ? HAILO_SYNC_FOR_DEVICE : HAILO_SYNC_FOR_CPU
        var parameters = hailo_vdma_buffer_sync_params(
            handle: handle, sync_type: receiver.rawValue, offset: UInt64(offset), count: UInt64(count))
        try exchange(&parameters, HAILO_VDMA_BUFFER_SYNC, call)
    }
}
