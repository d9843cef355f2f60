package import HailoBase
package import HailoPlanner
internal import HailoScheduler

extension Session {
    /// What a network group becomes on a device.
    package struct Placement {
        let plan: Plan
        let device: Device
        let origin: DataOrigin

        package init(_ plan: Plan, on device: Device, origin: DataOrigin) {
            self.plan = plan
            self.device = device
            self.origin = origin
        }
    }

    /// Sets a group up as planned on a device of its own. `copy` gives parts of the model's file.
    package static func make(
        _ placement: Placement, scheduling: Scheduling?, copy: ConfigurationCopy
    ) throws(HailoError) -> Session {
        guard !placement.device.isInGroup else {
            throw HailoError(
                .invalidOperation,
                "\(placement.device.name) belongs to a group of devices; create the session on the group")
        }
        return try make(
            [placement], by: placement.device.scheduler, scheduling: scheduling, keeping: nil, copy: copy)
    }

    /// The same on several devices, whose turns one scheduler decides. `deviceGroup` is kept as long as the session.
    static func make(
        _ placements: [Placement], by scheduler: DeviceScheduler, scheduling: Scheduling?,
        keeping deviceGroup: AnyObject?,
        copy: ConfigurationCopy
    ) throws(HailoError) -> Session {
        let plan = placements[0].plan
        let ports = portsOf(plan)
        let rawPorts = try HostPorts.raw(plan.channels)
        let settings = try scheduling?.settings()
        guard settings != nil || placements[0].device.sharing == nil else {
            throw HailoError(
                .invalidOperation,
                "\(placements[0].device.name) is shared with other processes, whose turns come in between: sessions on it must be "
                    + "scheduled")
        }
        defer { scheduler.giveUpIfUnused() }
        // The firmware takes no group while one runs.
        return try scheduler.withoutGroup { () throws(HailoError) in
            var parts: [DeviceScheduler.Part] = []
            do throws(HailoError) {
                for placement in placements { parts.append(try part(placement, copy)) }
                let member = try settings.map { settings throws(HailoError) in
                    try scheduler.add(parts, traits(plan, parts), settings)
                }
                let runner: any FrameRunner = member?.runner ?? parts[0].pipeline
                return Session(
                    parts, runner, member, scheduler,
                    Info(placements.map { $0.plan }, queueDepth: runner.depth, placements[0].origin), ports: ports,
                    raw: rawPorts, keeping: deviceGroup)
            } catch {
                var teardown = Teardown()
                for part in parts { part.release(&teardown) }
                throw error
            }
        }
    }

    private static func part(
        _ placement: Placement, _ copy: ConfigurationCopy
    ) throws(HailoError) -> DeviceScheduler.Part {
        let group = try ConfiguredGroup.make(placement.plan, on: placement.device, copy: copy)
        do throws(HailoError) {
            let pipeline = try Pipeline.make(placement.plan, group.memory, placement.device.dma)
            placement.device.activity.add(
                pipeline, PublishedActivity(device: placement.device.name, group: placement.plan.group.text))
            Log.info("configured group \(placement.plan.group) on \(placement.device.name)")
            return DeviceScheduler.Part(group: group, pipeline: pipeline, origin: placement.origin)
        } catch {
            var teardown = Teardown()
            group.release(&teardown)
            throw error
        }
    }

    /// Without a batch size of its own, a group's share is what its rings hold.
    private static func traits(_ plan: Plan, _ parts: [DeviceScheduler.Part]) -> SchedulingTraits {
        let batch = Int(plan.smallestBatch)
        let depth = parts.map { $0.pipeline.depth }.min() ?? 1
        let hasBatch = plan.options.batchSize > 0 || !plan.options.networkBatches.isEmpty
        return SchedulingTraits(
            burst: hasBatch ? batch : depth, depth: depth, runsInBatches: plan.dynamicContexts > 1 && batch > 1)
    }

    private static func portsOf(_ plan: Plan) -> Result<HostPorts, HailoError> {
        do throws(HailoError) {
            return .success(try HostPorts.make(plan))
        } catch {
            return .failure(error)
        }
    }
}
