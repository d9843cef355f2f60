internal import HailoBase
internal import HailoDriver

/// The caches of a device: memory that several network groups read and write, found by its number.
final class SharedCaches: @unchecked Sendable {
    struct Cache {
        let memory: DMAMemory
        let buffer: DMA.Buffer
        fileprivate var uses = 1
    }

    private let dma: DMA
    private let lock = Lock()
    private var caches: [UInt32: Cache] = [:]

    init(_ dma: DMA) {
        self.dma = dma
    }

    /// The cache with this number, mapped when it is first asked for.
    func acquire(_ id: UInt32, size: Int) throws(HailoError) -> Cache {
        try lock.withLock { () throws(HailoError) in
            if let cache = caches[id] {
                guard cache.memory.bytes.count == size else {
                    throw HailoError(
                        .invalidOperation,
                        "cache \(id) has \(cache.memory.bytes.count) bytes for another network group of the device, this one "
                            + "wants \(size)")
                }
                caches[id]?.uses += 1
                return cache
            }
            let memory = try DMAMemory.allocate(size)
            let cache = Cache(memory: memory, buffer: try dma.map(memory, nil))
            caches[id] = cache
            return cache
        }
    }

    /// Unmaps a cache when nobody uses it any more.
    func release(_ id: UInt32) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            guard let cache = caches[id] else { return }
            if cache.uses == 1 {
                try dma.unmap(cache.buffer)
                caches[id] = nil
            } else {
                caches[id]?.uses -= 1
            }
        }
    }
}
