public import Base
internal import Driver
internal import Firmware
internal import HEF
internal import Planner
internal import PostProcess

/// A network group that is set up on a device.
///
/// A device holds several sessions, of one model or of several; one of them is active at a time.
public final class Session: @unchecked Sendable {
    /// How to set a network group up.
    public struct Options: Sendable {
        public enum PowerMode: Int32, Sendable {
            case performance = 0
            case ultraPerformance = 1
        }

        /// The name of the group; nil for the model's first.
        public var group: String?
        /// How many frames the chip works on before it switches to the next context, up to 63; 0 means 1.
        public var batchSize: UInt32 = 0
        /// The same for single networks, by name, in place of one size for all.
        public var networkBatchSizes: [(network: String, size: UInt32)] = []
        public var powerMode = PowerMode.performance

        public init() {}

        var planned: PlanOptions {
            var options = PlanOptions()
            options.batchSize = batchSize
            options.networkBatches = networkBatchSizes.map {
                PlanOptions.NetworkBatch(network: Name($0.network), size: $0.size)
            }
            options.powerMode = powerMode == .performance ? .performance : .ultraPerformance
            return options
        }
    }

    /// What a session is.
    public struct Info: Equatable, Sendable {
        /// The name of the network group.
        public let group: String
        /// The smallest of its networks.
        public let batchSize: UInt32
        /// Channels between host and chip.
        public let inputChannels, outputChannels: Int
        /// Parts that the chip is loaded with one after the other.
        public let contexts: Int
        /// Bytes of memory that the device may read and write.
        public let dmaBytes: Int
        /// How many frames may be in flight at once; who submits more waits.
        public let queueDepth: Int
        /// Where its frames come from.
        public let dataOrigin: DataOrigin
    }

    public let device: Device
    public let info: Info
    let plan: Plan

    private let memory: SessionMemory
    private let application: Applications.Entry
    let pipeline: Pipeline
    let callbacks = CallbackQueue()
    let jobPool = JobPool()
    let rawPorts: HostPorts
    private let lock = Lock()
    private var state = State.configured
    /// An error, with the reason, where the frames of the group can only run raw. Guarded by `portsLock`.
    private var chosenPorts: Result<HostPorts, HailoError>
    private let portsLock = Lock()

    private enum State {
        case configured, active, closed
    }

    private init(
        _ device: Device, _ plan: Plan, _ memory: SessionMemory, _ pipeline: Pipeline,
        _ ports: Result<HostPorts, HailoError>, raw rawPorts: HostPorts, _ application: Applications.Entry,
        _ origin: DataOrigin
    ) {
        self.device = device
        self.plan = plan
        self.memory = memory
        self.pipeline = pipeline
        chosenPorts = ports
        self.rawPorts = rawPorts
        self.application = application
        info = Info(
            group: plan.group.text, batchSize: plan.smallestBatch,
            inputChannels: plan.channels.filter { !$0.isOutput }.count,
            outputChannels: plan.channels.filter { $0.isOutput }.count,
            contexts: plan.contexts.filter { $0.type == .dynamic }.count,
            dmaBytes: plan.memory.buffers.reduce(0) { $0 + $1.size }, queueDepth: pipeline.depth, dataOrigin: origin)
    }

    deinit {
        try? close()
    }

    static func create(_ model: Model, on device: Device, _ options: Options) throws(HailoError) -> Session {
        let target = try device.planTarget()
        let origin = try origin(of: model, options, on: device)
        let plan = try model.plan(for: target, options)
        let ports = try model.ports(options.group, for: target, plan.channels)
        let rawPorts = try HostPorts.raw(plan.channels)
        try device.reserve()
        let memory = try SessionMemory.build(plan.memory, of: model, on: device.dma, device.caches)
        do throws(HailoError) {
            let pipeline = try Pipeline.make(plan, memory, device.dma)
            let messages = plan.controls { memory.address($0) }
            let application = try device.applications.add(plan.group.text, messages)
            Log.info("configured group \(plan.group) on \(device.name)")
            return Session(device, plan, memory, pipeline, ports, raw: rawPorts, application, origin)
        } catch {
            var teardown = Teardown()
            memory.release(&teardown)
            throw error
        }
    }

    private static func origin(
        of model: Model, _ options: Options, on device: Device
    ) throws(HailoError) -> DataOrigin {
        guard model.carriesProgram(try model.find(options.group)) else {
            return device.isEmulated ? .synthetic : .chip
        }
        guard device.isEmulated else {
            throw HailoError(
                .hefIncompatible,
                "\(device.name): the model is a program for the emulated core, which would mean nothing to this chip. Run it on "
                    + "the device \"emulator\"; for the chip, compile the network with the vendor's compiler")
        }
        return .computed
    }

    public var isActive: Bool { lock.withLock { state == .active } }

    /// The inputs and outputs in their present form.
    var ports: HostPorts { get throws(HailoError) { try portsLock.withLock { chosenPorts }.get() } }

    func choose(_ name: Name, isOutput: Bool, _ format: Format) throws(HailoError) {
        try portsLock.withLock { () throws(HailoError) in
            chosenPorts = .success(try chosenPorts.get().choosing(name, isOutput: isOutput, format))
        }
    }

    func choose(_ name: Name, _ settings: PostProcess.DetectionSettings) throws(HailoError) {
        try portsLock.withLock { () throws(HailoError) in
            chosenPorts = .success(try chosenPorts.get().choosing(name, settings))
        }
    }

    /// Lets the group run. `batchSize` may be smaller than the configured one; 0 means that one.
    public func activate(batchSize: UInt32 = 0) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try checkOpen()
            guard batchSize <= plan.smallestBatch else {
                throw HailoError(
                    .invalidArgument,
                    "batch size \(batchSize) is larger than the \(plan.smallestBatch) that group \"\(info.group)\" is configured for"
                )
            }
            try device.applications.begin(application)
            do throws(HailoError) {
                try device.dma.heal(channels: plan.channelBitmap)
            } catch {
                device.applications.cancel()
                throw error
            }
            memory.beginUse()
            do throws(HailoError) {
                try device.applications.enable(application, batchSize: UInt16(batchSize))
                let size = batchSize > 0 ? Int(batchSize) : Int(plan.header.batchSize)
                try start(batch: info.contexts > 1 ? size : 1)
            } catch {
                var teardown = Teardown()
                endRun(&teardown)
                throw error
            }
            device.note(origin: info.dataOrigin)
            state = .active
        }
    }

    /// With several contexts the chip works on whole batches.
    private func start(batch: Int) throws(HailoError) {
        try device.dma.enable(channels: plan.channelBitmap)
        do throws(HailoError) {
            try pipeline.start(batch: batch)
            device.notifications.attend(pipeline)
        } catch {
            var teardown = Teardown()
            stopPipeline(&teardown)
            throw error
        }
    }

    private func stopPipeline(_ teardown: inout Teardown) {
        device.notifications.attend(nil)
        pipeline.stop {
            teardown.step { () throws(HailoError) in try device.dma.disable(channels: plan.channelBitmap) }
        }
    }

    /// Stops the group; jobs that are in flight end with `.canceled`. Nothing happens if it is not active.
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

    /// As long as the firmware may run, what it uses has to stay; closing the device ends that.
    private func endRun(_ teardown: inout Teardown) {
        if device.applications.reset(&teardown) { memory.endUse() }
        pipeline.finish()
    }

    /// Takes the group off the device. Whatever fails on the way, the rest is done; the first failure is thrown.
    public func close() throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            guard state != .closed else { return }
            var teardown = Teardown()
            stop(&teardown)
            state = .closed
            device.applications.remove(application, &teardown)
            memory.release(&teardown)
            if let error = teardown.error { throw error }
        }
    }
}
