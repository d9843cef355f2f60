internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoPlanner

/// A stream of boxes from the chip. How many transfers a frame takes is known only when they have come, so as many as
/// possible are always in flight.
///
/// Used by the thread that listens to the device alone, but for `begin`.
final class BoxQueue: @unchecked Sendable {
    let queue: StreamQueue
    private var assembler: BoxAssembler
    private let frame: UnsafeMutableRawBufferPointer
    private var taken = 0
    private var started = 0
    private var hasBegun = false
    /// Whether the frame that is next is complete.
    private(set) var isComplete = false

    /// `memory` has to live as long.
    init(_ queue: StreamQueue, _ shape: NmsShape, _ memory: WorkingMemory) {
        self.queue = queue
        assembler = BoxAssembler(shape)
        frame = memory.reserve(bytes: Int(queue.channel.frameSize))
    }

    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(frame) }

    /// Lets the chip fill the whole ring, from its start on.
    func begin() throws(HailoError) {
        (taken, started, hasBegun, isComplete) = (0, 0, false, false)
        queue.finished = 0
        for _ in 0..<queue.capacity { try start() }
    }

    /// Takes transfers that have finished until the frame is complete.
    func take(finished: Int) throws(HailoError) {
        if !hasBegun { assembler.begin(frame) }
        hasBegun = true
        while !isComplete, taken < finished {
            isComplete = try assembler.add(queue.contents(taken), to: frame)
            taken += 1
            try start()
        }
    }

    private func start() throws(HailoError) {
        try queue.start(started)
        started += 1
    }

    /// Goes on to the next frame.
    func next() {
        (hasBegun, isComplete) = (false, false)
    }
}
