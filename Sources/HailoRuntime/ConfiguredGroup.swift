internal import HailoBase
internal import HailoDriver
internal import HailoPlanner
internal import HailoFirmware

/// A network group that is set up on one device: its memory, its channels and its entry in the firmware. It does not know
/// who uses it.
final class ConfiguredGroup: @unchecked Sendable {
    let device: Device
    let name: String
    let memory: GroupMemory
    /// The largest batch that may be chosen.
    let maximumBatch: UInt32
    private let standardBatch: UInt16
    let channels: UInt32
    private let hasContexts: Bool
    /// Whether the firmware goes on with another batch size without loading the group again.
    let canChangeBatch: Bool
    private let application: Applications.Entry

    private init(_ device: Device, _ plan: Plan, _ memory: GroupMemory, _ application: Applications.Entry) {
        self.device = device
        name = plan.group.text
        self.memory = memory
        maximumBatch = plan.smallestBatch
        standardBatch = plan.header.batchSize
        channels = plan.channelBitmap
        hasContexts = plan.dynamicContexts > 1
        canChangeBatch = plan.header.canFastBatchSwitch
        self.application = application
    }

    /// Does what a plan says. After a failure nothing is left of it.
    static func make(
        _ plan: Plan, on device: Device, copy: ConfigurationCopy
    ) throws(HailoError) -> ConfiguredGroup {
        try device.reserve()
        let memory = try GroupMemory.build(plan.memory, on: device.dma, device.caches, copy: copy)
        do throws(HailoError) {
            let messages = plan.controls { memory.address($0) }
            return ConfiguredGroup(
                device, plan, memory, try device.applications.add(plan.group.text, messages))
        } catch {
            var teardown = Teardown()
            memory.release(&teardown)
            throw error
        }
    }

    /// Lets the group run. `batchSize` may be smaller than the configured one; 0 means that one. Returns how many frames the
    /// chip works on together. After a failure the group does not run.
    func enable(batchSize: UInt32) throws(HailoError) -> Int {
        guard batchSize <= maximumBatch else {
            throw HailoError(
                .invalidArgument,
                "batch size \(batchSize) is larger than the \(maximumBatch) that group \"\(name)\" is configured for")
        }
        try device.applications.begin(application)
        do throws(HailoError) {
            try device.dma.heal(channels: channels)
        } catch {
            device.applications.cancel()
            throw error
        }
        memory.beginUse()
        do throws(HailoError) {
            try device.applications.enable(application, batchSize: UInt16(batchSize))
            try device.dma.enable(channels: channels)
        } catch {
            var teardown = Teardown()
            reset(&teardown)
            throw error
        }
        guard hasContexts else { return 1 }
        return batchSize > 0 ? Int(batchSize) : Int(standardBatch)
    }

    // MARK: Turns

    /// Takes turns from now on. No group runs, so that the channels can be prepared for their first use.
    func beginTurns() throws(HailoError) {
        try device.applications.beginTurns()
        do throws(HailoError) {
            try device.dma.heal(channels: channels)
        } catch {
            device.applications.endTurns()
            throw error
        }
    }

    func endTurns() { device.applications.endTurns() }

    /// Lets the group run in place of another one, whose channels are disabled and which has nothing in flight.
    func load(batch: Int, insteadOf old: ConfiguredGroup?) throws(HailoError) {
        memory.beginUse()
        try device.applications.load(application, batchSize: UInt16(clamping: batch))
        old?.memory.endUse()
        try device.dma.enable(channels: channels)
    }

    /// Lets the running group go on with batches of another size. It has nothing in flight.
    func changeBatch(_ batch: Int) throws(HailoError) {
        try device.applications.load(application, batchSize: UInt16(clamping: batch))
    }

    func stopChannels() throws(HailoError) {
        var teardown = Teardown()
        _ = disableChannels(&teardown)
        if let error = teardown.error { throw error }
    }

    // MARK: Ends

    /// Stops the channels; transfers in flight are forgotten. Returns whether the driver did it.
    func disableChannels(_ teardown: inout Teardown) -> Bool {
        teardown.step { () throws(HailoError) in try device.dma.disable(channels: channels) }
    }

    /// Stops the group in the firmware. As long as it may run, what it uses has to stay; closing the device ends that.
    @discardableResult
    func reset(_ teardown: inout Teardown) -> Bool {
        let isReset = device.applications.reset(&teardown)
        if isReset { memory.endUse() }
        return isReset
    }

    /// Takes the group off the device.
    func release(_ teardown: inout Teardown) {
        device.applications.remove(application, &teardown)
        memory.release(&teardown)
    }
}
