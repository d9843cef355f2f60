public import HailoBase
internal import HailoFormats
package import HailoPlanner
internal import HailoScheduler

/// A network group that is set up on a device.
///
/// A device holds several sessions, of one model or of several. Either one of them is active at a time, or they are scheduled: then
/// they take turns by themselves.
public final class Session: @unchecked Sendable {
    public let info: Info

    private let group: ConfiguredGroup
    let pipeline: Pipeline
    let jobs = JobPool()
    let rawPorts: HostPorts
    private let callbacks = CallbackQueue()
    /// Takes part in the turns of a scheduled session.
    private let member: DeviceScheduler.Member?
    private let lock = Lock()
    private var state = State.configured
    /// An error, with the reason, if the frames of the group can only run raw. Guarded by `portsLock`.
    private var chosenPorts: Result<HostPorts, HailoError>
    private let portsLock = Lock()

    private enum State {
        case configured, active, closed
    }

    private init(
        _ group: ConfiguredGroup, _ pipeline: Pipeline, _ info: Info, ports: Result<HostPorts, HailoError>,
        raw rawPorts: HostPorts, member: DeviceScheduler.Member?
    ) {
        self.group = group
        self.pipeline = pipeline
        self.info = info
        chosenPorts = ports
        self.rawPorts = rawPorts
        self.member = member
        if member != nil { state = .active }
    }

    deinit {
        try? close()
    }

    /// Sets a group up as planned. `copy` gives parts of the model's file.
    package static func make(
        _ plan: Plan, on device: Device, origin: DataOrigin, scheduling: Scheduling?, copy: ConfigurationCopy
    ) throws(HailoError) -> Session {
        let ports = portsOf(plan)
        let rawPorts = try HostPorts.raw(plan.channels)
        let settings = try scheduling?.settings()
        // The firmware takes no group while one runs.
        return try device.scheduler.withoutGroup { () throws(HailoError) in
            let group = try ConfiguredGroup.make(plan, on: device, copy: copy)
            do throws(HailoError) {
                let pipeline = try Pipeline.make(plan, group.memory, device.dma)
                let member = try settings.map { settings throws(HailoError) in
                    try device.scheduler.add(group, pipeline, origin, traits(plan, pipeline), settings)
                }
                Log.info("configured group \(plan.group) on \(device.name)")
                return Session(
                    group, pipeline, Info(plan, queueDepth: pipeline.depth, origin), ports: ports, raw: rawPorts,
                    member: member)
            } catch {
                var teardown = Teardown()
                group.release(&teardown)
                throw error
            }
        }
    }

    /// Without a batch size of its own, a group's share is what its rings hold.
    private static func traits(_ plan: Plan, _ pipeline: Pipeline) -> SchedulingTraits {
        let batch = Int(plan.smallestBatch)
        let hasBatch = plan.options.batchSize > 0 || !plan.options.networkBatches.isEmpty
        return SchedulingTraits(
            burst: hasBatch ? batch : pipeline.depth, depth: pipeline.depth,
            runsInBatches: plan.dynamicContexts > 1 && batch > 1)
    }

    private static func portsOf(_ plan: Plan) -> Result<HostPorts, HailoError> {
        do throws(HailoError) {
            return .success(try HostPorts.make(plan))
        } catch {
            return .failure(error)
        }
    }

    public var device: Device { group.device }

    /// Whether frames can run: a session that is activated by hand is active in between, a scheduled one always.
    public var isActive: Bool { lock.withLock { state == .active } }

    /// How a scheduled session takes turns with others.
    public var scheduling: Scheduling {
        get throws(HailoError) { Scheduling(try scheduled.settings) }
    }

    /// Changes how a scheduled session takes turns, from the next turn on. A new priority puts it behind the others of that
    /// priority.
    public func setScheduling(_ scheduling: Scheduling) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try checkOpen()
            try scheduled.set(try scheduling.settings())
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

    /// A scheduled session needs no activation.
    private func checkIsByHand() throws(HailoError) {
        guard member == nil else {
            throw HailoError(
                .invalidOperation,
                "the session of group \"\(info.group)\" is scheduled: it is neither activated nor deactivated by hand")
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
            try checkIsByHand()
            let batch = try group.enable(batchSize: batchSize)
            do throws(HailoError) {
                try pipeline.start(batch: batch)
                device.notifications.attend(pipeline)
            } catch {
                var teardown = Teardown()
                stopPipeline(&teardown)
                endRun(&teardown)
                throw error
            }
            device.note(origin: info.dataOrigin)
            state = .active
        }
    }

    private func stopPipeline(_ teardown: inout Teardown) {
        device.notifications.attend(nil)
        pipeline.stop { group.disableChannels(&teardown) }
    }

    private func endRun(_ teardown: inout Teardown) {
        group.reset(&teardown)
        pipeline.finish()
    }

    /// Stops the group; jobs in flight end with `.canceled`. Nothing happens if it is not active.
    public func deactivate() throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try checkOpen()
            try checkIsByHand()
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
        if let member { return device.scheduler.remove(member, &teardown) }
        teardown.isLossKnown = pipeline.hasLostDevice
        stopPipeline(&teardown)
        endRun(&teardown)
    }

    /// Takes the group off the device. Whatever fails on the way, the rest is done; the first failure is thrown.
    public func close() throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            guard state != .closed else { return }
            var teardown = Teardown()
            stop(&teardown)
            state = .closed
            group.release(&teardown)
            if let error = teardown.error { throw error }
        }
    }
}

extension Session: JobRunner {
    func send(_ job: Job, _ ports: HostPorts, until deadline: UInt64) throws(HailoError) {
        try pipeline.send(job, ports, until: deadline)
    }

    func interrupt(_ job: Job) { pipeline.interrupt(job) }

    func fillBatch(_ end: Int, until deadline: UInt64) throws(HailoError) {
        try pipeline.fillBatch(end, until: deadline)
    }

    func didEnd() { pipeline.didEnd() }

    func complete(_ completion: Completion, _ error: HailoError?) { callbacks.add(completion, error) }
}
