internal import Base
internal import Driver
internal import Planner

/// The frames of an active session: sends them, waits for what the chip makes of them, and takes that.
///
/// A thread waits for the driver's interrupts as long as the session is active. It only counts and wakes; the work on the
/// frames is done by the threads that ask for it.
final class FrameFlow: @unchecked Sendable {
    private let dma: DMA
    private let channels: UInt32
    private let condition = Condition()
    private var queues: [TransferQueue]
    private let inputIndexes: [Int]
    private let outputIndexes: [Int]
    private var failure: HailoError?
    private var isRunning = false
    private var wasStopped = true
    /// Counts the activations: frames of one do not come back in the next.
    private var activation = 0
    private var thread: Thread?

    init(_ plan: Plan, _ memory: SessionMemory, _ dma: DMA) throws(HailoError) {
        self.dma = dma
        channels = plan.channelBitmap
        var queues: [TransferQueue] = []
        for channel in plan.channels { queues.append(try TransferQueue(channel, memory, dma)) }
        self.queues = queues
        inputIndexes = queues.indices.filter { !queues[$0].channel.isOutput }
        outputIndexes = queues.indices.filter { queues[$0].channel.isOutput }
    }

    // MARK: Life

    /// Lets the chip fill the outputs' memory and begins to listen to it. The channels are enabled.
    func start() throws(HailoError) {
        try condition.withLock { () throws(HailoError) in
            failure = nil
            isRunning = true
            wasStopped = false
            activation += 1
            for index in outputIndexes { try queues[index].startAll() }
        }
        thread = try Thread.start { [self] in listen() }
    }

    /// Ends everything: whoever waits gets an error. The channels are disabled by `disable`, which wakes the thread.
    func stop(disable: () -> Bool) {
        condition.withLock {
            isRunning = false
            wasStopped = true
            if failure == nil { failure = FrameFlow.deactivated }
            condition.notifyAll()
        }
        // If the channels cannot be disabled, nothing wakes the thread before the device is closed.
        if disable() { thread?.join() } else { thread?.detach() }
        thread = nil
        condition.withLock { for index in queues.indices { queues[index].reset() } }
    }

    private static let deactivated = HailoError(
        .canceled, "the network group was deactivated while frames were under way")

    private func listen() {
        while condition.withLock({ isRunning }) {
            do throws(HailoError) {
                try dma.waitForInterrupts(channels: channels) { channel, progress in
                    condition.withLock { note(channel, progress) }
                }
            } catch {
                condition.withLock { fail(error) }
                return
            }
        }
    }

    private func note(_ channel: UInt8, _ progress: DMA.Progress) {
        guard let index = queues.firstIndex(where: { $0.channel.channel == channel }) else { return }
        switch progress {
        case .finished(let count):
            queues[index].didFinish(count)
        case .closed:
            fail(
                HailoError(
                    .deviceLost,
                    "the firmware closed the channel of stream \"\(queues[index].channel.stream)\" while frames were under way"
                ))
        case .failed:
            fail(
                HailoError(
                    .driverFailure, "a transfer of stream \"\(queues[index].channel.stream)\" ended with a DMA error"))
        }
        condition.notifyAll()
    }

    private func fail(_ error: HailoError) {
        if failure == nil { failure = error }
        isRunning = false
        condition.notifyAll()
    }

    // MARK: Frames

    /// Where the frames of a run come from and go to. Streams are numbered in the alphabetical order of their names.
    struct Exchange {
        /// Frame f for an input stream, in the chip's layout.
        let input: (_ frame: Int, _ stream: Int) throws(HailoError) -> UnsafeRawBufferPointer
        /// Where frame f of an output stream shall be put, in the chip's layout.
        let output: (_ frame: Int, _ stream: Int) throws(HailoError) -> UnsafeMutableRawBufferPointer
        /// All outputs of a frame are there.
        let delivered: (_ frame: Int) throws(HailoError) -> Void
    }

    /// Passes `count` frames through, in order. Throws what stopped it; then the session has to be activated anew.
    func run(count: Int, deadline: UInt64, _ exchange: Exchange) throws(HailoError) {
        try condition.withLock { () throws(HailoError) in
            guard isRunning || failure != nil && !wasStopped else {
                throw HailoError(.invalidOperation, "the session is not active; activate it before it runs frames")
            }
            let began = activation
            var sent = 0
            var received = 0
            var outputs = outputIndexes.map { Arrival($0, queues[$0].channel) }
            while received < count {
                guard activation == began else { throw FrameFlow.deactivated }
                if let failure { throw failure }
                if try receive(&outputs, received, exchange) {
                    if outputs.allSatisfy({ $0.isComplete }) {
                        try exchange.delivered(received)
                        received += 1
                        for index in outputs.indices { outputs[index].isComplete = false }
                    }
                } else if sent < count, inputIndexes.allSatisfy({ queues[$0].hasRoom }) {
                    for (stream, index) in inputIndexes.enumerated() {
                        try queues[index].send(try exchange.input(sent, stream))
                    }
                    sent += 1
                } else {
                    try wait(until: deadline, sent, received)
                }
            }
        }
    }

    /// What has come of one output of the frame that is next.
    private struct Arrival {
        let queue: Int
        var assembler: BoxAssembler?
        var hasBegun = false
        var isComplete = false

        init(_ queue: Int, _ channel: BoundaryChannel) {
            self.queue = queue
            assembler = channel.nms.map { BoxAssembler($0) }
        }
    }

    /// Takes one finished transfer of each output whose frame is not complete. Returns whether there was any.
    private func receive(
        _ outputs: inout [Arrival], _ frame: Int, _ exchange: Exchange
    ) throws(HailoError) -> Bool {
        var hasReceived = false
        for stream in outputs.indices where !outputs[stream].isComplete {
            let queue = outputs[stream].queue
            guard queues[queue].finished > 0 else { continue }
            hasReceived = true
            let target = try exchange.output(frame, stream)
            guard outputs[stream].assembler != nil else {
                try queues[queue].receive { bytes, offset in
                    UnsafeMutableRawBufferPointer(rebasing: target[offset..<(offset + bytes.count)])
                        .copyMemory(from: bytes)
                }
                outputs[stream].isComplete = true
                continue
            }
            if !outputs[stream].hasBegun { outputs[stream].assembler?.begin(target) }
            outputs[stream].hasBegun = true
            let isComplete = try takeBoxes(&outputs[stream], target)
            outputs[stream].isComplete = isComplete
            if isComplete { outputs[stream].hasBegun = false }
        }
        return hasReceived
    }

    /// Boxes go through a buffer of their own: a transfer may begin at the end of the ring and end at its start.
    private func takeBoxes(
        _ arrival: inout Arrival, _ target: UnsafeMutableRawBufferPointer
    ) throws(HailoError) -> Bool {
        let scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(queues[arrival.queue].channel.transferSize), alignment: 8)
        defer { scratch.deallocate() }
        try queues[arrival.queue].receive { bytes, offset in
            UnsafeMutableRawBufferPointer(rebasing: scratch[offset..<(offset + bytes.count)]).copyMemory(from: bytes)
        }
        return try arrival.assembler?.add(UnsafeRawBufferPointer(scratch), to: target) ?? true
    }

    private func wait(until deadline: UInt64, _ sent: Int, _ received: Int) throws(HailoError) {
        let now = Clock.now
        guard now < deadline else {
            let error = HailoError(
                .timeout,
                "frame \(received) did not come back in time (\(sent) sent); deactivate the session and activate it again"
            )
            fail(error)
            throw error
        }
        condition.wait(nanoseconds: deadline == Condition.forever ? Condition.forever : deadline - now)
    }
}
