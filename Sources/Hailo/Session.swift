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
    private let plan: Plan

    private let memory: SessionMemory
    private let application: Applications.Entry
    private let lock = Lock()
    private var state = State.configured

    private enum State {
        case configured, active, closed
    }

    private init(_ device: Device, _ plan: Plan, _ memory: SessionMemory, _ application: Applications.Entry) {
        self.device = device
        self.plan = plan
        self.memory = memory
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
        let plan = try model.plan(for: try device.planTarget(), options)
        try device.reserve()
        let memory = try SessionMemory.build(plan.memory, of: model, on: device.dma, device.caches)
        do throws(HailoError) {
            let messages = plan.controls { memory.address($0) }
            let application = try device.applications.add(plan.group.text, messages)
            Log.info("configured group \(plan.group) on \(device.name)")
            return Session(device, plan, memory, application)
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
                    try device.dma.enable(channels: channels)
                }
            } catch {
                memory.endUse()
                throw error
            }
            state = .active
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
        teardown.step { () throws(HailoError) in try device.dma.disable(channels: plan.channelBitmap) }
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
