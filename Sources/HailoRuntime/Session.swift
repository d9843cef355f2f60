public import HailoBase
internal import HailoFormats
internal import HailoPlanner
internal import HailoScheduler

/// A network group that is set up on a device.
///
/// A device holds several sessions, of one model or of several. Either one of them is active at a time, or they are scheduled: then
/// they take turns by themselves.
public final class Session: @unchecked Sendable {
    public let info: Info

    /// One for each device.
    let parts: [DeviceScheduler.Part]
    let runner: any FrameRunner
    let begin = Clock.now
    let jobs = JobPool()
    let rawPorts: HostPorts
    private let callbacks = CallbackQueue()
    /// What takes part in the turns, if the session is scheduled.
    private let member: DeviceScheduler.Member?
    private let scheduler: DeviceScheduler
    /// Keeps the group of devices open, where there is one.
    private let deviceGroup: AnyObject?
    private let lock = Lock()
    private var state = State.configured
    /// An error, with the reason, if the frames of the group can only run raw. Guarded by `portsLock`.
    private var chosenPorts: Result<HostPorts, HailoError>
    private let portsLock = Lock()

    private enum State {
        case configured, active, closed
    }

    /// `member` takes part in the turns, unless the session is activated by hand.
    init(
        _ parts: [DeviceScheduler.Part], _ runner: any FrameRunner, _ member: DeviceScheduler.Member?,
        _ scheduler: DeviceScheduler, _ info: Info, ports: Result<HostPorts, HailoError>, raw rawPorts: HostPorts,
        keeping deviceGroup: AnyObject?
    ) {
        self.parts = parts
        self.member = member
        self.scheduler = scheduler
        self.runner = runner
        self.info = info
        chosenPorts = ports
        self.rawPorts = rawPorts
        self.deviceGroup = deviceGroup
        if member != nil { state = .active }
    }

    deinit {
        try? close()
    }

    /// The only device that its frames run on, or the first.
    public var device: Device { parts[0].group.device }
    /// The devices that its frames run on: one, or those of a group.
    public var devices: [Device] { parts.map { $0.group.device } }

    /// The buffer of the device that bytes lie in. With several devices there is none that all of them reach.
    func memory(of bytes: UnsafeRawBufferPointer) -> DeviceMemory? {
        parts.count == 1 ? parts[0].group.device.buffers.find(bytes) : nil
    }

    /// Whether frames can run: a session that is activated by hand is active in between, a scheduled one always.
    public var isActive: Bool { lock.withLock { state == .active } }

    /// How a scheduled session takes turns with others.
    public var scheduling: Scheduling {
        get throws(HailoError) { Scheduling(scheduler.settings(of: try scheduled)) }
    }

    /// Changes how a scheduled session takes turns, from the next turn on. A new priority puts it behind the others of that
    /// priority.
    public func setScheduling(_ scheduling: Scheduling) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try checkOpen()
            scheduler.set(try scheduling.settings(), of: try scheduled)
        }
    }

    private var scheduled: DeviceScheduler.Member {
        get throws(HailoError) {
            guard let member else {
                throw HailoError(
                    .invalidOperation,
                    "the session of group \"\(info.group)\" is activated by hand and takes no turns; scheduling is chosen when a "
                        + "session is created")
            }
            return member
        }
    }

    // MARK: Forms of frames

    /// The inputs and outputs in their present form.
    var ports: HostPorts { get throws(HailoError) { try portsLock.withLock { chosenPorts }.get() } }

    func changePorts(_ change: (HostPorts) throws(HailoError) -> HostPorts) throws(HailoError) {
        try portsLock.withLock { () throws(HailoError) in
            chosenPorts = .success(try change(try chosenPorts.get()))
        }
    }

    // MARK: Life

    /// Lets the group run. `batchSize` may be smaller than the configured one; 0 means that one.
    public func activate(batchSize: UInt32 = 0) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try checkOpen()
            let (group, pipeline) = try byHand
            let batch = try group.enable(batchSize: batchSize)
            do throws(HailoError) {
                try pipeline.start(batch: batch)
                group.device.notifications.attend(pipeline)
            } catch {
                var teardown = Teardown()
                end(group, pipeline, &teardown)
                throw error
            }
            group.device.note(origin: info.dataOrigin)
            state = .active
        }
    }

    /// What a session consists of that is activated by hand.
    private var byHand: (ConfiguredGroup, Pipeline) {
        get throws(HailoError) {
            guard member == nil else {
                throw HailoError(
                    .invalidOperation,
                    "the session of group \"\(info.group)\" is scheduled: it is neither activated nor deactivated by hand"
                )
            }
            return (parts[0].group, parts[0].pipeline)
        }
    }

    private func end(_ group: ConfiguredGroup, _ pipeline: Pipeline, _ teardown: inout Teardown) {
        group.device.notifications.attend(nil)
        pipeline.stop { group.disableChannels(&teardown) }
        group.reset(&teardown)
        pipeline.finish()
    }

    /// Stops the group; jobs in flight end with `.canceled`. Nothing happens if it is not active.
    public func deactivate() throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try checkOpen()
            _ = try byHand
            var teardown = Teardown()
            stop(&teardown)
            if let error = teardown.error { throw error }
        }
    }

    private func checkOpen() throws(HailoError) {
        guard state != .closed else {
            throw HailoError(.invalidHandle, "the session of group \"\(info.group)\" was closed")
        }
    }

    private func stop(_ teardown: inout Teardown) {
        guard state == .active else { return }
        state = .configured
        if let member { return scheduler.remove(member, &teardown) }
        teardown.isLossKnown = parts[0].pipeline.hasLostDevice
        end(parts[0].group, parts[0].pipeline, &teardown)
    }

    /// Takes the group off its devices. Whatever fails on the way, the rest is done; the first failure is thrown.
    public func close() throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            guard state != .closed else { return }
            var teardown = Teardown()
            stop(&teardown)
            state = .closed
            for part in parts { part.release(&teardown) }
            scheduler.giveUpIfUnused()
            if let error = teardown.error { throw error }
        }
    }
}

extension Session: JobRunner {
    func send(_ job: Job, _ ports: HostPorts, until deadline: UInt64) throws(HailoError) {
        try runner.send(job, ports, until: deadline)
    }

    func interrupt(_ job: Job) { runner.interrupt(job) }

    func fillBatch(_ end: Int, until deadline: UInt64) throws(HailoError) {
        try runner.fillBatch(end, until: deadline)
    }

    func didEnd() { runner.didEnd() }

    func complete(_ completion: Completion, _ error: HailoError?) { callbacks.add(completion, error) }
}
