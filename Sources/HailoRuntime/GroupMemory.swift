package import HailoBase
internal import HailoFormats
internal import HailoDriver
internal import HailoKernelABI
package import HailoPlanner

/// Copies parts of the model's file, one after the other, into memory from an offset on. Returns how many bytes.
package typealias ConfigurationCopy = (
    _ pieces: Series<MemoryPlan.Piece>, _ target: UnsafeMutableRawBufferPointer, _ offset: Int
) throws(HailoError) -> Int

/// The buffers and descriptor lists of one network group, as its plan has them.
final class GroupMemory: @unchecked Sendable {
    private struct Mapped {
        let memory: DMAMemory
        let buffer: DMA.Buffer
        /// The cache that the buffer is, which others may use as well.
        let cache: UInt32?
    }

    private let dma: DMA
    private let caches: SharedCaches
    private var buffers: [Mapped] = []
    /// nil for those that are released already.
    private var lists: [DMA.List?] = []
    private var isInUse = false

    private init(_ dma: DMA, _ caches: SharedCaches) {
        self.dma = dma
        self.caches = caches
    }

    /// Does what a plan says. After a failure nothing is left of it.
    static func build(
        _ plan: MemoryPlan, on dma: DMA, _ caches: SharedCaches, copy: ConfigurationCopy
    ) throws(HailoError) -> GroupMemory {
        let memory = GroupMemory(dma, caches)
        do throws(HailoError) {
            for step in plan.steps { try memory.perform(step, plan, copy) }
        } catch {
            var teardown = Teardown()
            memory.release(&teardown)
            throw error
        }
        return memory
    }

    private func perform(_ step: MemoryPlan.Step, _ plan: MemoryPlan, _ copy: ConfigurationCopy) throws(HailoError) {
        switch step {
        case .mapBuffer(let index):
            buffers.append(try map(plan.buffers[index]))
        case .createList(let index):
            let list = plan.lists[index]
            lists.append(
                try dma.createList(count: list.count, pageSize: list.pageSize, isCircular: list.isCircular))
        case .releaseList(let index):
            try dma.release(try list(index))
            lists[index] = nil
        case .program(let program):
            try dma.program(
                try list(program.list), with: try mapped(program.buffer).buffer,
                ListProgram(
                    size: program.size, offset: program.offset, batch: program.batch, channel: program.channel,
                    firstDescriptor: program.firstDescriptor, binds: program.binds,
                    interruptsDevice: program.interruptsDevice, stride: program.stride))
        case .write(let pieces, let buffer, let offset):
            let mapped = try mapped(buffer)
            let count = try copy(pieces, mapped.memory.bytes, offset)
            try dma.synchronize(mapped.buffer, forDevice: true, offset: offset, count: count)
        }
    }

    private func map(_ buffer: MemoryPlan.Buffer) throws(HailoError) -> Mapped {
        if case .cache(let id) = buffer.role {
            let shared = try caches.acquire(id, size: buffer.size)
            return Mapped(memory: shared.memory, buffer: shared.buffer, cache: id)
        }
        let memory = try DMAMemory.allocate(buffer.size)
        return Mapped(memory: memory, buffer: try dma.map(memory, buffer.direction), cache: nil)
    }

    private func mapped(_ index: Int) throws(HailoError) -> Mapped {
        guard buffers.indices.contains(index) else { throw GroupMemory.brokenPlan("buffer \(index)") }
        return buffers[index]
    }

    /// The ring of a channel.
    func ring(_ index: Int) throws(HailoError) -> (DMAMemory, DMA.Buffer) {
        let mapped = try mapped(index)
        return (mapped.memory, mapped.buffer)
    }

    func list(_ index: Int) throws(HailoError) -> DMA.List {
        guard lists.indices.contains(index), let list = lists[index] else {
            throw GroupMemory.brokenPlan("list \(index)")
        }
        return list
    }

    private static func brokenPlan(_ what: String) -> HailoError {
        HailoError(.invalidOperation, "the plan uses \(what) before it exists; this is an error of the library")
    }

    // MARK: Use

    /// The DMA address of a list of the plan.
    func address(_ index: UInt64) -> UInt64 {
        guard index < UInt64(lists.count), let list = lists[Int(index)] else { return 0 }
        return list.address
    }

    func beginUse() {
        // After a stop that the firmware did not confirm it never ended.
        guard !isInUse else { return }
        isInUse = true
        dma.beginUse(of: lists.compactMap { $0 })
    }

    func endUse() {
        isInUse = false
        dma.endUse(of: lists.compactMap { $0 })
    }

    /// Gives everything back: lists before the buffers that they point to.
    func release(_ teardown: inout Teardown) {
        guard !isInUse else {
            // Of a device that is gone nobody wants to know what it confirms.
            if teardown.error?.status != .deviceLost {
                Log.warning(
                    "the firmware did not confirm that it stopped; the memory of the network group is kept until the device is "
                        + "closed")
            }
            return
        }
        for (index, list) in lists.enumerated() {
            guard let list else { continue }
            if teardown.step({ () throws(HailoError) in try dma.release(list) }) { lists[index] = nil }
        }
        lists.removeAll { $0 == nil }
        guard lists.isEmpty else { return }
        for mapped in buffers {
            teardown.step { () throws(HailoError) in
                if let cache = mapped.cache {
                    try caches.release(cache)
                } else {
                    try dma.unmap(mapped.buffer)
                }
            }
        }
        buffers = []
    }
}
