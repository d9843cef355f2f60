internal import Base
internal import Driver
internal import Planner

/// The buffers and descriptor lists of one session, as its plan has them.
final class SessionMemory: @unchecked Sendable {
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
        _ plan: MemoryPlan, of model: Model, on dma: DMA, _ caches: SharedCaches
    ) throws(HailoError) -> SessionMemory {
        let memory = SessionMemory(dma, caches)
        do throws(HailoError) {
            for step in plan.steps { try memory.perform(step, plan, model) }
        } catch {
            var teardown = Teardown()
            memory.release(&teardown)
            throw error
        }
        return memory
    }

    private func perform(_ step: MemoryPlan.Step, _ plan: MemoryPlan, _ model: Model) throws(HailoError) {
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
                DMA.Program(
                    size: program.size, offset: program.offset, batch: program.batch, channel: program.channel,
                    firstDescriptor: program.firstDescriptor, binds: program.binds,
                    interruptsDevice: program.interruptsDevice, stride: program.stride))
        case .write(let pieces, let buffer, let offset):
            let mapped = try mapped(buffer)
            let count = try model.copy(pieces, to: mapped.memory.bytes, at: offset)
            try dma.synchronize(mapped.buffer, forDevice: true, offset: offset, count: count)
        }
    }

    private func map(_ buffer: MemoryPlan.Buffer) throws(HailoError) -> Mapped {
        if case .cache(let id) = buffer.role {
            let shared = try caches.acquire(id, size: buffer.size)
            return Mapped(memory: shared.memory, buffer: shared.buffer, cache: id)
        }
        let memory = try DMAMemory.allocate(buffer.size)
        let direction = DMA.Direction(rawValue: buffer.direction.rawValue) ?? .both
        return Mapped(memory: memory, buffer: try dma.map(memory, direction), cache: nil)
    }

    private func mapped(_ index: Int) throws(HailoError) -> Mapped {
        guard buffers.indices.contains(index) else { throw SessionMemory.brokenPlan("buffer \(index)") }
        return buffers[index]
    }

    /// The ring of a channel.
    func ring(_ index: Int) throws(HailoError) -> (DMAMemory, DMA.Buffer) {
        let mapped = try mapped(index)
        return (mapped.memory, mapped.buffer)
    }

    func list(_ index: Int) throws(HailoError) -> DMA.List {
        guard lists.indices.contains(index), let list = lists[index] else {
            throw SessionMemory.brokenPlan("list \(index)")
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
                    "the firmware did not confirm that it stopped; the memory of the session is kept until the device is "
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
