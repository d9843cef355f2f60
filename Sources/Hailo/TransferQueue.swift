internal import Base
internal import Driver
internal import Planner

/// One stream at the host: its transfers go through a ring of memory, one behind the other. The driver hands the memory over
/// between program and card when a transfer starts and when it is found finished.
///
/// Not protected by itself; `FrameFlow` holds its lock around every use.
struct TransferQueue {
    let channel: BoundaryChannel
    private let ring: DMAMemory
    private let buffer: DMA.Buffer
    private let list: DMA.List
    private let dma: DMA

    /// Where the next transfer begins, and the oldest whose memory is not free yet, in descriptors.
    private var next = 0
    private var oldest = 0
    /// Transfers that the chip works on, and those that it has finished and nobody has taken.
    private(set) var started = 0
    private(set) var finished = 0

    private static let mostTransfers = 127

    init(_ channel: BoundaryChannel, _ memory: SessionMemory, _ dma: DMA) throws(HailoError) {
        self.channel = channel
        self.dma = dma
        (ring, buffer) = try memory.ring(channel.buffer)
        list = try memory.list(channel.list)
    }

    private var pageSize: Int { ring.bytes.count / descriptorCount }
    private var descriptorCount: Int { Int(channel.descriptorCount) }
    private var size: Int { Int(channel.transferSize) }

    var capacity: Int { min(Int(channel.queueDepth), TransferQueue.mostTransfers) }

    /// Whether another transfer may be started.
    var hasRoom: Bool { started + finished < capacity }

    /// The memory of a transfer that begins at a descriptor: one piece, or two around the end of the ring.
    private func pieces(_ descriptor: Int) -> (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) {
        let start = descriptor * pageSize
        let first = min(size, ring.bytes.count - start)
        return (
            UnsafeMutableRawBufferPointer(rebasing: ring.bytes[start..<(start + first)]),
            UnsafeMutableRawBufferPointer(rebasing: ring.bytes[..<(size - first)])
        )
    }

    // MARK: To the chip

    /// Sends one transfer's bytes. There has to be room.
    mutating func send(_ bytes: UnsafeRawBufferPointer) throws(HailoError) {
        let (first, second) = pieces(next)
        first.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<first.count]))
        if !second.isEmpty { second.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[first.count..<size])) }
        try start()
    }

    // MARK: From the chip

    /// Lets the chip fill all free memory.
    mutating func startAll() throws(HailoError) {
        while hasRoom { try start() }
    }

    private mutating func start() throws(HailoError) {
        let descriptors = try dma.launch(channel: channel.channel, list, of: buffer, size: size)
        next = (next + descriptors) % descriptorCount
        started += 1
    }

    /// Hands out the bytes of the oldest finished transfer, in one piece or in two, and lets the chip fill their memory again.
    mutating func receive(
        _ body: (_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Void
    ) throws(HailoError) {
        let (first, second) = pieces(oldest)
        body(UnsafeRawBufferPointer(first), 0)
        if !second.isEmpty { body(UnsafeRawBufferPointer(second), first.count) }
        release()
        try start()
    }

    /// What the chip has finished. Memory that was sent is free again at once.
    mutating func didFinish(_ count: Int) {
        let count = min(count, started)
        started -= count
        finished += count
        if !channel.isOutput { while finished > 0 { release() } }
    }

    private mutating func release() {
        finished -= 1
        oldest = (oldest + Int(channel.descriptorsPerTransfer)) % descriptorCount
    }

    /// Forgets all transfers, which disabling the channel has ended.
    mutating func reset() {
        (next, oldest, started, finished) = (0, 0, 0, 0)
    }
}
