public import HailoBase
internal import HailoFormats
package import HailoPlanner

/// A network group that is set up on a device.
///
/// A device holds several sessions, of one model or of several; one of them is active at a time.
public final class Session: @unchecked Sendable {
    public let info: Info

    private let group: ConfiguredGroup
    let pipeline: Pipeline
    let jobs = JobPool()
    let rawPorts: HostPorts
    private let callbacks = CallbackQueue()
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
        raw rawPorts: HostPorts
    ) {
        self.group = group
        self.pipeline = pipeline
        self.info = info
        chosenPorts = ports
        self.rawPorts = rawPorts
    }

    deinit {
        try? close()
    }

    /// Sets a group up as planned. `copy` gives parts of the model's file.
    package static func make(
        _ plan: Plan, on device: Device, origin: DataOrigin, copy: ConfigurationCopy
    ) throws(HailoError) -> Session {
        let ports = portsOf(plan)
        let rawPorts = try HostPorts.raw(plan.channels)
        let group = try ConfiguredGroup.make(plan, on: device, copy: copy)
        do throws(HailoError) {
            let pipeline = try Pipeline.make(plan, group.memory, device.dma)
            Log.info("configured group \(plan.group) on \(device.name)")
            return Session(
                group, pipeline, Info(plan, queueDepth: pipeline.depth, origin), ports: ports, raw: rawPorts)
        } catch {
            var teardown = Teardown()
            group.release(&teardown)
            throw error
        }
    }

    private static func portsOf(_ plan: Plan) -> Result<HostPorts, HailoError> {
        do throws(HailoError) {
            return .success(try HostPorts.make(plan))
        } catch {
            return .failure(error)
        }
    }

    public var device: Device { group.device }

    public var isActive: Bool { lock.withLock { state == .active } }

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
