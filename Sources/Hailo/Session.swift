public import Base
internal import Driver
internal import Firmware
internal import Planner

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
    }

    public let device: Device
    public let info: Info
    let plan: Plan

    private let memory: SessionMemory
    private let application: Applications.Entry
    let flow: FrameFlow
    /// nil, with the reason, where the frames of the group can only run raw.
    let ports: Result<HostPorts, HailoError>
    /// One run at a time.
    let runLock = Lock()
    private let lock = Lock()
    private var state = State.configured
    /// The batch size that the group was activated with.
    private(set) var activeBatch: UInt32 = 1

    private enum State {
        case configured, active, closed
    }

    private init(
        _ device: Device, _ plan: Plan, _ memory: SessionMemory, _ flow: FrameFlow,
        _ ports: Result<HostPorts, HailoError>, _ application: Applications.Entry
    ) {
        self.device = device
        self.plan = plan
        self.memory = memory
        self.flow = flow
        self.ports = ports
        self.application = application
        info = Info(
            group: plan.group.text, batchSize: plan.smallestBatch,
            inputChannels: plan.channels.filter { !$0.isOutput }.count,
            outputChannels: plan.channels.filter { $0.isOutput }.count,
            contexts: plan.contexts.filter { $0.type == .dynamic }.count,
            dmaBytes: plan.memory.buffers.reduce(0) { $0 + $1.size })
    }

    deinit {
        try? close()
    }

    static func create(_ model: Model, on device: Device, _ options: Options) throws(HailoError) -> Session {
        let target = try device.planTarget()
        let plan = try model.plan(for: target, options)
        let ports = try model.ports(options.group, for: target)
        try device.reserve()
        let memory = try SessionMemory.build(plan.memory, of: model, on: device.dma, device.caches)
        do throws(HailoError) {
            let flow = try FrameFlow(plan, memory, device.dma)
            let messages = plan.controls { memory.address($0) }
            let application = try device.applications.add(plan.group.text, messages)
            Log.info("configured group \(plan.group) on \(device.name)")
            return Session(device, plan, memory, flow, ports, application)
        } catch {
            var teardown = Teardown()
            memory.release(&teardown)
            throw error
        }
    }

    public var isActive: Bool { lock.withLock { state == .active } }

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
            let channels = plan.channelBitmap
            try device.dma.heal(channels: channels)
            memory.beginUse()
            do throws(HailoError) {
                try device.applications.activate(application, batchSize: UInt16(batchSize)) { () throws(HailoError) in
                    try start(channels)
                }
            } catch {
                memory.endUse()
                throw error
            }
            state = .active
            activeBatch = batchSize > 0 ? batchSize : UInt32(plan.header.batchSize)
        }
    }

    private func start(_ channels: UInt32) throws(HailoError) {
        try device.dma.enable(channels: channels)
        do throws(HailoError) {
            try flow.start()
        } catch {
            var teardown = Teardown()
            stopFlow(&teardown)
            throw error
        }
    }

    private func stopFlow(_ teardown: inout Teardown) {
        flow.stop {
            teardown.step { () throws(HailoError) in try device.dma.disable(channels: plan.channelBitmap) }
        }
    }

    /// Stops the group. Nothing happens if it is not active.
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
            throw HailoError(.invalidOperation, "the session of group \"\(info.group)\" is closed")
        }
    }

    private func stop(_ teardown: inout Teardown) {
        guard state == .active else { return }
        state = .configured
        stopFlow(&teardown)
        // As long as the firmware may run, what it uses has to stay; closing the device ends that.
        if device.applications.reset(&teardown) { memory.endUse() }
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
