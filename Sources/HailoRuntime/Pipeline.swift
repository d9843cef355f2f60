internal import HailoBase
internal import HailoFormats
internal import HailoDriver
internal import HailoKernelABI
internal import HailoPlanner

/// Decides when the frames of a scheduled session are sent.
protocol FrameGate: AnyObject, Sendable {
    /// So many more frames could be sent.
    func framesAreReady(_ count: Int)
    /// A frame that was sent has been delivered.
    func frameDidFinish()
    /// Frames that were sent do not come back.
    func pipelineDidFail()
    /// Where the frames come from, and where their results are handed out; nil if jobs bring them and take them here.
    var backlog: FrameBacklog? { get }
}

/// The frames of an active session that are in flight: a place in the rings is reserved for each, it is filled, sent, and
/// when the chip has finished it, handed out in the same order.
///
/// Threads that submit frames convert them side by side; the order in which they reserved places is the order of the
/// frames. One thread for each active session listens to the device and delivers.
final class Pipeline: FailureObserver, FrameRunner, @unchecked Sendable {
    private let dma: DMA
    private let channels: UInt32
    private let streams: FrameStreams
    /// The chip works on this many frames together, or 1.
    private var batch = 1

    // All that follows is guarded by this lock. Conversions and the driver's calls are made without it.
    private let condition = Condition()
    private var frames: FrameRing
    private var isSending = false
    /// Threads that fill memory of the rings.
    private var writers = 0
    /// Threads that wait for room, or for frames to come back.
    private var waiters = 0
    private var jobs = 0
    private var isRunning = false
    private var hasFailed = false
    /// What keeps frames from being sent; nil while the session is active and well.
    private var obstacle: HailoError? = Pipeline.inactive
    private var thread: Thread?
    /// How many frames may have been sent; those of a scheduled session wait for their turns.
    private var granted = Int.max
    private var gate: (any FrameGate)?
    private var done = Activity() {
        didSet { publish() }
    }
    private var publication: PublishedActivity?
    /// Counts how often all frames were forgotten.
    private var generation = 0

    private static let inactive = HailoError(
        .invalidOperation, "the session is not active; activate it before it runs frames")
    static let deactivated = HailoError(
        .canceled, "the network group was deactivated while frames were in flight")

    static func make(_ plan: Plan, _ memory: GroupMemory, _ dma: DMA) throws(HailoError) -> Pipeline {
        var queues: [StreamQueue] = []
        for channel in plan.channels { queues.append(try StreamQueue.make(channel, memory, dma)) }
        return Pipeline(try FrameStreams.make(queues), channels: plan.channelBitmap, dma)
    }

    private init(_ streams: FrameStreams, channels: UInt32, _ dma: DMA) {
        self.dma = dma
        self.channels = channels
        self.streams = streams
        frames = FrameRing(depth: streams.depth)
    }

    var depth: Int { streams.depth }

    // MARK: Life

    /// Frames are taken from now on, and sent when the gate grants it.
    func start(gate: any FrameGate) {
        condition.withLock {
            granted = 0
            self.gate = gate
            obstacle = nil
        }
    }

    /// Begins to listen to the device. The channels are enabled. The chip works on `batch` frames together.
    func start(batch: Int) throws(HailoError) {
        try streams.begin()
        condition.withLock {
            self.batch = batch
            _ = frames.clear()
            obstacle = nil
            hasFailed = false
            isRunning = true
            granted = .max
            done.turns += 1
        }
        thread = try Thread.start("hailoswift-irq") { [self] in listen() }
    }

    /// Waits until nobody sends or fills any more.
    func quiesce() {
        condition.withLock {
            isRunning = false
            hasFailed = false
            if obstacle == nil { obstacle = Pipeline.deactivated }
            condition.notifyAll()
            while writers > 0 || isSending { wait() }
        }
    }

    /// Stops everything but the chip: nobody sends any more, and the channels are disabled by `disable`.
    func stop(disable: () -> Bool) {
        quiesce()
        // If the channels cannot be disabled, nothing wakes the thread before the device is closed. And the last user of a
        // session may be a job that ends on this very thread.
        if disable(), thread?.isCurrent == false { thread?.join() } else { thread?.detach() }
        thread = nil
    }

    /// Ends the jobs that are left. The chip does not reach their memory any more, or the device is to be closed. Returns how many
    /// frames went back to the backlog.
    @discardableResult
    func finish() -> Int {
        let (reason, backlog) = condition.withLock { (obstacle ?? Pipeline.deactivated, gate?.backlog) }
        if backlog == nil { endAll(reason) }
        let left = condition.withLock {
            streams.forget()
            generation += 1
            done.isBusy = false
            // A scheduled session that failed takes frames again, but for those of a device that is gone.
            if gate == nil {
                obstacle = Pipeline.inactive
            } else if reason.status != .deviceLost {
                obstacle = nil
            }
            granted = gate == nil ? .max : 0
            condition.notifyAll()
            return frames.clear()
        }
        for frame in left {
            if let backlog {
                giveBack(frame, to: backlog, reason)
            } else {
                frame.job?.forgetMemory()
            }
        }
        return backlog != nil && reason.status == .deviceLost ? left.count : 0
    }

    /// Turns that were given before this changed are over.
    var turnGeneration: Int { condition.withLock { generation } }

    /// Another device takes what one that is gone has left; what made a device fail would make the next one fail too.
    private func giveBack(_ frame: FrameRing.Frame, to backlog: FrameBacklog, _ reason: HailoError) {
        if reason.status == .deviceLost { return backlog.putBack(frame.ticket) }
        frame.job?.end(reason, isFinal: true)
        backlog.didFinish(frame.ticket, reason)
    }

    /// No more frames are taken for turns.
    func close() {
        condition.withLock {
            gate = nil
            obstacle = Pipeline.deactivated
            condition.notifyAll()
        }
        quiesce()
    }

    private func endAll(_ reason: HailoError) {
        for job in condition.withLock({ frames.jobs }) { job.end(reason, isFinal: true) }
    }

    /// The device or the driver has failed: all jobs end, and nothing works before the session is activated again. The
    /// firmware's own words replace what was noticed before of the same failure.
    func fail(_ error: HailoError, isCause: Bool) {
        let isLost = error.status == .deviceLost
        let gate = condition.withLock { self.gate }
        let reason = error.saying(
            error.message + (isLost || gate != nil ? "" : "; deactivate the session and activate it again"))
        let isFirst = condition.withLock {
            if isRunning || isCause && hasFailed { obstacle = reason }
            guard isRunning else { return false }
            isRunning = false
            hasFailed = true
            condition.notifyAll()
            return true
        }
        if isFirst || isCause { Log.info(error.message) }
        guard isFirst else { return }
        if gate?.backlog == nil { endAll(reason) }
        gate?.pipelineDidFail()
    }

    /// Whether jobs were told that the device is gone.
    var hasLostDevice: Bool { condition.withLock { obstacle?.status == .deviceLost } }

    // MARK: Sending

    private func wait(until deadline: UInt64 = Condition.forever) {
        waiters += 1
        condition.wait(until: deadline)
        waiters -= 1
    }

    private func notify() { if waiters > 0 { condition.notifyAll() } }

    private var hasRoom: Bool { frames.count < depth && streams.hasRoom(for: frames.reserved) }

    /// Reserves the next place for a frame. Waits for room until then. Returns the frame's number, or nil if it would be
    /// `end` or more.
    private func reserve(
        _ job: Job?, _ frame: Int, below end: Int = .max, until deadline: UInt64
    ) throws(HailoError) -> Int? {
        try condition.withLock { () throws(HailoError) in
            while obstacle == nil, job?.isUnwanted != true, frames.reserved < end, !hasRoom {
                guard Clock.now < deadline else {
                    throw HailoError(
                        .timeout,
                        "of \(counted(frames.count, "frame")) in flight, none came back within the timeout; if the "
                            + "chip no longer answers, deactivate the session and activate it again")
                }
                wait(until: deadline)
            }
            if let obstacle { throw obstacle }
            if job?.isUnwanted == true { throw HailoError(.canceled, "the job was canceled") }
            guard frames.reserved < end else { return nil }
            writers += 1
            defer { publish() }
            return frames.reserve(job, frame)
        }
    }

    /// Sends those frames of a job that have not been sent, which waits for room until then.
    func send(_ job: Job, _ ports: HostPorts, until deadline: UInt64) throws(HailoError) {
        while job.reserved < job.count {
            let frame = job.reserved
            guard let number = try reserve(job, frame, until: deadline) else { return }
            job.reserved += 1
            job.end = number + 1
            // A frame that could not be filled travels nevertheless: others may have places behind it.
            defer { didFill(number) }
            try streams.fill(number, with: frame, of: job, ports)
        }
    }

    /// Ends the sending of a job's frames, which another thread may be at.
    func interrupt(_ job: Job) {
        condition.withLock {
            job.isUnwanted = true
            notify()
        }
    }

    /// Fills up the batch that frame `end` - 1 stands in: the chip works on whole ones only.
    func fillBatch(_ end: Int, until deadline: UInt64) throws(HailoError) {
        let end = condition.withLock { (end + batch - 1) / batch * batch }
        while let number = try reserve(nil, 0, below: end, until: deadline) {
            streams.fillWithZeros(number)
            didFill(number)
        }
    }

    private func didFill(_ number: Int) {
        let (ready, gate) = condition.withLock { (frames.didFill(number), self.gate) }
        let isGated = gate != nil && gate?.backlog == nil
        // Before the writer counts as gone: who waits for that forgets all frames that the gate knows.
        if ready > 0, isGated { gate?.framesAreReady(ready) }
        condition.withLock {
            writers -= 1
            notify()
        }
        if !isGated { send() }
    }

    /// Sends frames whose turn has come, unless they were forgotten since that was decided.
    func grant(_ count: Int, _ generation: Int) {
        let isGranted = condition.withLock {
            guard generation == self.generation else { return false }
            granted += count
            return true
        }
        if isGranted { send() }
    }

    /// Sends a frame of a backlog. Returns false if it cannot: the turn it belongs to is over, or there is no room.
    func accept(_ frame: FrameBacklog.Frame, _ generation: Int) -> Bool {
        let reserved: Int? = condition.withLock {
            guard generation == self.generation, obstacle == nil, hasRoom else { return nil }
            writers += 1
            granted += 1
            defer { publish() }
            return frames.reserve(frame.job, frame.index, ticket: frame.ticket)
        }
        guard let number = reserved else { return false }
        if frame.job.beginAccess(), let ports = frame.job.ports {
            do throws(HailoError) {
                try streams.fill(number, with: frame.index, of: frame.job, ports)
            } catch {
                frame.job.end(error)
            }
            frame.job.endAccess()
        } else {
            streams.fillWithZeros(number)
        }
        didFill(number)
        return true
    }

    private func send() {
        let sends = condition.withLock {
            guard !isSending else { return false }
            isSending = true
            return true
        }
        guard sends else { return }
        // The first thread sends for all, one after the other.
        while let next = nextToSend() {
            do throws(HailoError) {
                try streams.start(next.number, next.frame.index, of: next.frame.job)
            } catch {
                // The firmware has closed the channel.
                if error.status == .firmwareRejected { awaitCause() }
                fail(error, isCause: false)
            }
        }
    }

    private func nextToSend() -> (frame: FrameRing.Frame, number: Int)? {
        condition.withLock {
            if isRunning, frames.sent < granted, let next = frames.nextToSend() {
                if !done.isBusy { done.isBusy = true }
                return (next, frames.sent - 1)
            }
            isSending = false
            notify()
            return nil
        }
    }

    // MARK: Receiving

    private func listen() {
        while condition.withLock({ isRunning }) {
            do throws(HailoError) {
                try dma.waitForInterrupts(channels: channels) { channel, progress in note(channel, progress) }
                try deliver()
            } catch {
                fail(error, isCause: false)
            }
        }
    }

    // MARK: Activity

    /// What has been done since the session was made.
    var activity: Activity { condition.withLock { done.now } }

    /// Lets other processes see it, until it is nil.
    func publish(_ publication: PublishedActivity?) {
        condition.withLock { self.publication = publication }
    }

    /// Called with the lock held.
    private func publish() { publication?.update(done, framesInFlight: frames.count) }

    // MARK: Turns

    /// The device is switched to the group, for which frames have waited so many nanoseconds.
    func noteTurn(waited: UInt64) {
        condition.withLock {
            done.turns += 1
            done.waited += waited
        }
    }

    /// The channels have been enabled for the group's turn. Between turns nothing fails: what is told then comes too late.
    func beginTurn() throws(HailoError) {
        try streams.beginTurn()
        condition.withLock { isRunning = true }
    }

    /// The turn ends before it has begun.
    func failTurn(_ error: HailoError) {
        condition.withLock { isRunning = true }
        fail(error, isCause: false)
    }

    /// The channels have been disabled. All frames that were sent have been delivered, so that all transfers are over, also those
    /// whose end nobody has been told of. Returns false if the turn failed, which nobody else has seen to.
    func endTurn() -> Bool {
        condition.withLock {
            isRunning = false
            streams.endTurn(frames.delivered)
            return !hasFailed
        }
    }

    /// Whether the turn failed that has just begun.
    var hasTurnFailed: Bool { condition.withLock { hasFailed } }

    func note(_ channel: UInt8, _ progress: ChannelProgress) {
        guard let queue = streams.queue(of: channel) else { return }
        switch progress {
        case .finished(let count):
            condition.withLock {
                queue.finished += count
                notify()
            }
        case .closed:
            awaitCause()
            fail(
                HailoError(
                    .firmwareRejected,
                    "the firmware closed the channel of stream \"\(queue.channel.stream)\" while frames were in flight"),
                isCause: false)
        case .failed:
            fail(
                HailoError(
                    .driverFailure, "a transfer of stream \"\(queue.channel.stream)\" ended with a DMA error"),
                isCause: false)
        }
    }

    /// The firmware tells why it closes channels, and another thread receives the reason, which may be a moment later.
    private func awaitCause() {
        let deadline = Clock.deadline(milliseconds: 200)
        condition.withLock {
            while isRunning, Clock.now < deadline { wait(until: deadline) }
        }
    }

    /// Hands out all frames whose outputs are there.
    func deliver() throws(HailoError) {
        while let (frame, number) = try nextToDeliver() {
            var failure: HailoError?
            var hasAccess = false
            if let job = frame.job, job.beginAccess(), let ports = job.ports {
                hasAccess = true
                do throws(HailoError) {
                    try streams.take(number, into: frame.index, of: job, ports)
                } catch {
                    failure = error
                }
            }
            streams.didDeliver()
            let gate = condition.withLock { () -> (any FrameGate)? in
                frames.didDeliver()
                if frames.delivered == frames.sent { done.isBusy = false }
                done.frames += 1
                notify()
                return self.gate
            }
            // First: the end of its last job may be that of the session.
            gate?.frameDidFinish()
            if let backlog = gate?.backlog {
                if hasAccess { frame.job?.endAccess() }
                backlog.didFinish(frame.ticket, failure)
            } else {
                frame.job?.didDeliver(failure, endsAccess: hasAccess)
            }
        }
    }

    /// The oldest frame and its number, if all its outputs have come.
    private func nextToDeliver() throws(HailoError) -> (frame: FrameRing.Frame, number: Int)? {
        for box in streams.boxes {
            guard let box else { continue }
            let finished = condition.withLock { box.queue.finished }
            try box.take(finished: finished)
        }
        return condition.withLock {
            guard isRunning, let oldest = frames.oldestSent, streams.isComplete(frames.delivered) else { return nil }
            return (oldest, frames.delivered)
        }
    }

    // MARK: Jobs

    /// A session that recovers from a failure is awaited.
    func willBegin() throws(HailoError) {
        try condition.withLock { () throws(HailoError) in
            while gate != nil, let obstacle, obstacle.status != .deviceLost { wait() }
            if let obstacle { throw obstacle }
            jobs += 1
        }
    }

    func didEnd() {
        condition.withLock {
            jobs -= 1
            notify()
        }
    }

    var jobsInFlight: Int { condition.withLock { jobs } }
    var framesInFlight: Int { condition.withLock { frames.count } }

    /// Waits until all jobs are over.
    func drain(until deadline: UInt64) throws(HailoError) {
        try? fillBatch(condition.withLock { frames.reserved }, until: deadline)
        try condition.withLock { () throws(HailoError) in
            while jobs > 0 {
                guard Clock.now < deadline else {
                    throw HailoError(.timeout, "\(counted(jobs, "job")) still in flight after the timeout")
                }
                wait(until: deadline)
            }
        }
    }
}
