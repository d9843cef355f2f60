internal import HailoBase
internal import HailoDriver
internal import HailoPlanner

/// One stream between host and chip: its transfers go through a ring of memory, one behind the other. The driver hands the
/// memory over between program and card when a transfer starts and when it is found finished.
///
/// Transfers are counted on from turn to turn; the n-th always has the same place in the ring. But a channel begins at the start of
/// its list whenever it is enabled, so that its descriptors may have to be pointed to that place. The counters belong to `Pipeline`,
/// which guards them.
final class StreamQueue: @unchecked Sendable {
    let channel: BoundaryChannel
    private let ring: DMAMemory
    private let buffer: DMA.Buffer
    private let list: DMA.List
    private let dma: DMA
    /// A transfer that begins at the end of the ring and ends at its start is put together here. There is one at a time.
    private let bounce: UnsafeMutableRawBufferPointer
    private let bounceMemory: WorkingMemory

    /// Transfers that the chip has finished.
    var finished = 0
    /// Transfers that were started since the channel was enabled.
    private var started = 0

    static func make(
        _ channel: BoundaryChannel, _ memory: GroupMemory, _ dma: DMA
    ) throws(HailoError) -> StreamQueue {
        let (ring, buffer) = try memory.ring(channel.buffer)
        let bounce = WorkingMemory()
        let canWrap = channel.descriptorCount % max(channel.descriptorsPerTransfer, 1) != 0
        let bytes = bounce.reserve(bytes: canWrap ? Int(channel.transferSize) : 0)
        try bounce.check()
        return StreamQueue(channel, ring, buffer, try memory.list(channel.list), dma, bounce, bytes)
    }

    private init(
        _ channel: BoundaryChannel, _ ring: DMAMemory, _ buffer: DMA.Buffer, _ list: DMA.List, _ dma: DMA,
        _ bounceMemory: WorkingMemory, _ bounce: UnsafeMutableRawBufferPointer
    ) {
        self.channel = channel
        self.ring = ring
        self.buffer = buffer
        self.list = list
        self.dma = dma
        self.bounceMemory = bounceMemory
        self.bounce = bounce
    }

    /// How many transfers may be in flight, or wait for being taken.
    var capacity: Int { min(Int(channel.queueDepth), DMA.maximumTransfers) }

    var size: Int { Int(channel.transferSize) }
    private var pageSize: Int { ring.bytes.count / Int(channel.descriptorCount) }

    /// The descriptor that transfer `number` has if the channel was enabled for transfer 0.
    private func descriptor(_ number: Int) -> Int {
        number * Int(channel.descriptorsPerTransfer) % Int(channel.descriptorCount)
    }

    /// The memory of a transfer: one piece, or two around the end of the ring.
    private func pieces(_ number: Int) -> (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) {
        let start = descriptor(number) * pageSize
        let first = min(size, ring.bytes.count - start)
        return (
            UnsafeMutableRawBufferPointer(rebasing: ring.bytes[start..<(start + first)]),
            UnsafeMutableRawBufferPointer(rebasing: ring.bytes[..<(size - first)])
        )
    }

    /// Lets `body` fill the memory of a transfer.
    func fill<Failure: Error>(
        _ number: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let (first, second) = pieces(number)
        guard !second.isEmpty else { return try body(first) }
        try body(bounce)
        first.copyMemory(from: UnsafeRawBufferPointer(rebasing: bounce[..<first.count]))
        second.copyMemory(from: UnsafeRawBufferPointer(rebasing: bounce[first.count...]))
    }

    /// What a finished transfer has brought.
    func contents(_ number: Int) -> UnsafeRawBufferPointer {
        let (first, second) = pieces(number)
        guard !second.isEmpty else { return UnsafeRawBufferPointer(first) }
        bounce.copyMemory(from: UnsafeRawBufferPointer(first))
        UnsafeMutableRawBufferPointer(rebasing: bounce[first.count...]).copyMemory(from: UnsafeRawBufferPointer(second))
        return UnsafeRawBufferPointer(bounce)
    }

    /// Whether a transfer may begin there: descriptors point to whole pages.
    func canTransfer(_ place: MemoryPlace, of memory: DMAMemory) -> Bool {
        place.offset % pageSize == 0 && memory.isTransferable(from: place.offset)
    }

    /// The channel begins at the start of its list.
    func didEnable() { started = 0 }

    /// Starts the next transfer, which is `number`: through its place in the ring, or directly.
    func start(_ number: Int, _ place: MemoryPlace? = nil) throws(HailoError) {
        let descriptor = descriptor(number)
        let isInPlace = descriptor == self.descriptor(started)
        started += 1
        if let place {
            try dma.launch(channel: channel.channel, list, of: place.buffer, from: .offset(place.offset), size: size)
        } else {
            try dma.launch(
                channel: channel.channel, list, of: buffer,
                from: isInPlace ? .ring : .ringOffset(descriptor * pageSize), size: size)
        }
    }
}
