public import HailoBase
internal import HailoDriver
internal import HailoFormats

/// Sends the frames of jobs, and is told of their end. A job keeps it alive as long as it is in flight.
protocol JobRunner: AnyObject, Sendable {
    /// Sends those frames of a job that have not been sent; blocks until then for room.
    func send(_ job: Job, _ ports: HostPorts, until deadline: UInt64) throws(HailoError)
    /// Ends the sending of a job's frames, which another thread may be at.
    func interrupt(_ job: Job)
    /// Fills up the batch that frame `end` - 1 stands in.
    func fillBatch(_ end: Int, until deadline: UInt64) throws(HailoError)
    /// A job is over. It holds its lock.
    func didEnd()
    func complete(_ completion: Completion, _ error: HailoError?)
}

/// Frames that were handed over to a session together: where they come from, where they go to, and how it ended.
public final class Job: @unchecked Sendable {
    private enum Phase {
        /// In the pool, or new.
        case idle
        /// Not all of its frames have been sent, and nobody is sending any.
        case prepared
        /// Its frames are being sent.
        case submitting
        case inFlight
        case finished
    }

    private let condition = Condition()
    private var phase = Phase.idle
    /// Why it shall end or did, if not well.
    private var ending: HailoError?
    /// Whether it ends with frames in flight: not if the device reaches its memory by itself.
    private var endsEarly = true
    private var delivered = 0
    /// Threads that read its inputs or write its outputs.
    private var accesses = 0
    private var completion = Completion.none
    private var runner: (any JobRunner)?

    // What is below changes only while the job is set up, and while nobody else has it.
    private(set) var count = 0
    private(set) var ports: HostPorts?
    private var sources: [UnsafeRawBufferPointer] = []
    private var targets: [UnsafeMutableRawBufferPointer] = []
    private var sourceMemory: [DeviceMemory?] = []
    private var targetMemory: [DeviceMemory?] = []
    private(set) var usesDeviceMemory = false
    /// How many of its frames have a place in the rings. Changed by the thread that sends them.
    var reserved = 0
    /// The number of the frame that follows the last one of these.
    var end = 0
    /// Guarded by the pipeline: no more of its frames are wanted.
    var isUnwanted = false

    init() {}

    // MARK: Setting up

    /// Begins a new life. The job has no other owner; but what others did with it before is known for certain only under
    /// the lock.
    func begin(_ count: Int, _ ports: HostPorts, _ runner: any JobRunner, _ completion: Completion) {
        condition.withLock {
            phase = .prepared
            ending = nil
            endsEarly = true
            delivered = 0
            self.count = count
            self.ports = ports
            self.runner = runner
            self.completion = completion
            reserved = 0
            isUnwanted = false
            usesDeviceMemory = false
            sources.removeAll(keepingCapacity: true)
            targets.removeAll(keepingCapacity: true)
            sourceMemory.removeAll(keepingCapacity: true)
            targetMemory.removeAll(keepingCapacity: true)
        }
    }

    /// The thread that has sent a frame looks at the job no more; `begin` sees that it does not.
    func didSend() {
        condition.withLock {}
    }

    func add(source: UnsafeRawBufferPointer, in memory: DeviceMemory?) {
        sources.append(source)
        sourceMemory.append(memory)
        if memory != nil { (usesDeviceMemory, endsEarly) = (true, false) }
    }

    func add(target: UnsafeMutableRawBufferPointer, in memory: DeviceMemory?) {
        targets.append(target)
        targetMemory.append(memory)
        if memory != nil { (usesDeviceMemory, endsEarly) = (true, false) }
    }

    // MARK: Frames

    private func slice(_ bytes: UnsafeRawBufferPointer, _ size: Int, _ frame: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[(frame * size)..<((frame + 1) * size)])
    }

    func source(_ index: Int, _ size: Int, _ frame: Int) -> UnsafeRawBufferPointer {
        slice(sources[index], size, frame)
    }

    func target(_ index: Int, _ size: Int, _ frame: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(mutating: slice(UnsafeRawBufferPointer(targets[index]), size, frame))
    }

    /// The memory that the device reads and writes itself, where an input or output lies in it.
    func memory(_ index: Int, _ direction: Direction) -> DeviceMemory? {
        direction == .output ? targetMemory[index] : sourceMemory[index]
    }

    /// Runs `body`, which reads the inputs or writes the outputs.
    func withAccess(_ direction: Direction, _ body: () throws(HailoError) -> Void) throws(HailoError) {
        guard usesDeviceMemory else { return try body() }
        let imported = (direction == .output ? targetMemory : sourceMemory).compactMap { $0?.memory }
        for memory in imported { memory.beginAccess() }
        defer { for memory in imported { memory.endAccess() } }
        try body()
    }

    // MARK: Ends

    /// Sends the frames that have not been sent; blocks, up to `milliseconds`, until there is room for them. After a timeout it
    /// may be called again. Any other failure ends the job, and its completion is not called.
    public func submit(milliseconds: UInt64) throws(HailoError) {
        try submit(until: Clock.deadline(milliseconds: milliseconds))
    }

    func submit(until deadline: UInt64) throws(HailoError) {
        let (runner, ports) = try beginSending()
        do throws(HailoError) {
            try runner.send(self, ports, until: deadline)
        } catch {
            guard error.status == .timeout, pause() else { throw retire(because: error) }
            throw error
        }
        let failure = condition.withLock { () -> HailoError? in
            if ending == nil { phase = .inFlight }
            return ending
        }
        if let failure { throw retire(because: failure) }
        finishIfComplete()
    }

    private func beginSending() throws(HailoError) -> (any JobRunner, HostPorts) {
        try condition.withLock { () throws(HailoError) in
            if let ending { throw ending }
            guard phase == .prepared, let runner, let ports else {
                throw HailoError(.invalidOperation, "the job was submitted before; a job is submitted once")
            }
            phase = .submitting
            return (runner, ports)
        }
    }

    /// Leaves the rest of the frames for later. Returns false if nobody wants them any more.
    private func pause() -> Bool {
        condition.withLock {
            guard ending == nil else { return false }
            phase = .prepared
            return true
        }
    }

    /// Gives up what is not, or only partly, submitted. Frames that were sent lead nowhere, and nobody is told of the job.
    private func retire(because error: HailoError) -> HailoError {
        // Not released under the lock: this may be the last reference.
        var runner: (any JobRunner)?
        return condition.withLock {
            // Results are written by another thread; afterwards nothing touches the caller's memory.
            while accesses > 0 { condition.wait() }
            phase = .finished
            completion = .none
            swap(&runner, &self.runner)
            runner?.didEnd()
            condition.notifyAll()
            if ending == nil { ending = error }
            return ending ?? error
        }
    }

    /// For a job that nobody can submit any more, if it is not submitted.
    package func discard() {
        guard condition.withLock({ phase == .prepared }) else { return }
        cancel()
    }

    /// Says that a frame's memory is about to be read or written. Returns false if nobody wants that any more.
    func beginAccess() -> Bool {
        condition.withLock {
            guard phase != .idle, phase != .finished, ending == nil else { return false }
            accesses += 1
            return true
        }
    }

    func endAccess() {
        condition.withLock {
            accesses -= 1
            if phase != .inFlight || ending != nil { condition.notifyAll() }
        }
        finishIfComplete()
    }

    /// A frame has left the chip, and an access that has not ended ends.
    func didDeliver(_ failure: HailoError?, endsAccess: Bool = false) {
        condition.withLock {
            delivered += 1
            if endsAccess { accesses -= 1 }
            if ending == nil { ending = failure }
            if delivered == count { forgetMemory() }
            if phase != .inFlight || ending != nil { condition.notifyAll() }
        }
        finishIfComplete()
    }

    /// Ends the job early, unless it is over. If the device reaches the job's memory by itself it ends when all its frames
    /// are back; not so when the device has stopped, or when nobody can wait for that.
    func end(_ reason: HailoError, isFinal: Bool = false) {
        let before = condition.withLock { () -> (phase: Phase, runner: (any JobRunner)?) in
            guard phase != .idle, phase != .finished else { return (.finished, nil) }
            if ending == nil { ending = reason }
            if isFinal { endsEarly = true }
            return (phase, runner)
        }
        switch before.phase {
        case .prepared: _ = retire(because: reason)
        case .submitting: before.runner?.interrupt(self)
        case .idle, .inFlight, .finished: break
        }
        finishIfComplete()
    }

    private func finishIfComplete() {
        var completion = Completion.none
        var runner: (any JobRunner)?
        var reason: HailoError?
        condition.withLock {
            guard phase == .inFlight, accesses == 0, delivered == count || ending != nil && endsEarly else { return }
            phase = .finished
            reason = ending
            swap(&completion, &self.completion)
            swap(&runner, &self.runner)
            // Under this lock, so that a thread that sees the job finished does not find it counted any more.
            runner?.didEnd()
            condition.notifyAll()
        }
        runner?.complete(completion, reason)
    }

    /// Lets go of the memory that the device reached. No frame of the job is in flight any more.
    func forgetMemory() {
        for index in sourceMemory.indices { sourceMemory[index] = nil }
        for index in targetMemory.indices { targetMemory[index] = nil }
    }

    // MARK: For the user

    /// Whether the job is over, in whatever way.
    public var isFinished: Bool { condition.withLock { phase == .finished } }

    /// Waits until the job is over and throws what went wrong. If the time is over first it throws `.timeout`, and the job
    /// goes on.
    public func wait(milliseconds: UInt64) throws(HailoError) {
        let deadline = Clock.deadline(milliseconds: milliseconds)
        let runner: (any JobRunner)? = try condition.withLock { () throws(HailoError) in
            guard phase != .prepared else {
                throw HailoError(.invalidOperation, "the job has not been submitted, so there is nothing to wait for")
            }
            return phase == .inFlight ? self.runner : nil
        }
        // Frames that stand in a batch that nobody fills up would never come back.
        try? runner?.fillBatch(end, until: deadline)
        let state = state(by: deadline)
        guard state.isOver else {
            throw HailoError(
                .timeout, "\(state.delivered) of \(counted(count, "frame")) came back within the timeout")
        }
        if let reason = state.reason { throw reason }
    }

    /// Waits until the job is over, and ends it when the time is over.
    func finish(until deadline: UInt64) throws(HailoError) {
        var state = state(by: deadline)
        if !state.isOver {
            end(
                HailoError(
                    .timeout,
                    "\(state.delivered) of \(counted(count, "frame")) came back in time, later ones are dropped; if "
                        + "the chip no longer answers, deactivate the session and activate it again"), isFinal: true)
            state = self.state(by: Condition.forever)
        }
        if let reason = state.reason { throw reason }
    }

    /// Waits, until then, for the end. Returns whether it has come, how, and how many frames have come back.
    private func state(by deadline: UInt64) -> (isOver: Bool, reason: HailoError?, delivered: Int) {
        condition.withLock {
            while phase != .finished {
                guard deadline == Condition.forever || Clock.now < deadline else { break }
                condition.wait(until: deadline)
            }
            return (phase == .finished, ending, delivered)
        }
    }

    /// Ends the job with `.canceled`, unless it is over. When this returns, nobody touches its memory any more; but if the
    /// device itself reaches that memory, the job ends later, when its frames have come back.
    public func cancel() {
        end(HailoError(.canceled, "the job was canceled"))
        condition.withLock { while accesses > 0 || phase == .submitting { condition.wait() } }
    }
}
