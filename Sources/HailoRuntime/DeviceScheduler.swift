internal import HailoBase
internal import HailoDriver
internal import HailoPlanner
internal import HailoScheduler

/// Lets the scheduled sessions of a device take turns: their frames wait in rings, the policy says whose turn it is, and the device
/// is switched when nothing is in flight.
///
/// Whoever brings or takes frames asks the policy. Frames for the group that the device has are sent by that thread; all else is
/// done by one thread, which also listens to the device. It never touches a group while news of another may be on the way.
final class DeviceScheduler: @unchecked Sendable {
    /// One of the sessions.
    final class Member: FrameGate, @unchecked Sendable {
        let group: ConfiguredGroup
        let pipeline: Pipeline
        fileprivate let origin: DataOrigin
        fileprivate let client: SchedulingPolicy.Client
        fileprivate let scheduler: DeviceScheduler

        fileprivate init(
            _ group: ConfiguredGroup, _ pipeline: Pipeline, _ origin: DataOrigin, _ client: SchedulingPolicy.Client,
            _ scheduler: DeviceScheduler
        ) {
            self.group = group
            self.pipeline = pipeline
            self.origin = origin
            self.client = client
            self.scheduler = scheduler
        }

        var settings: SchedulingSettings {
            scheduler.condition.withLock { scheduler.policy.settings(of: client) ?? SchedulingSettings() }
        }

        func set(_ settings: SchedulingSettings) {
            scheduler.condition.withLock {
                let old = scheduler.policy.settings(of: client)
                if old?.priority == settings.priority {
                    scheduler.policy.set(threshold: settings.threshold, timeout: settings.timeout, of: client)
                } else {
                    scheduler.policy.set(settings, of: client)
                }
            }
            scheduler.advance()
        }

        func framesAreReady(_ count: Int) {
            scheduler.condition.withLock { scheduler.policy.didQueue(count, of: client, now: Clock.now) }
            scheduler.advance()
        }

        func frameDidFinish() {
            scheduler.condition.withLock {
                scheduler.policy.didFinish(1, on: DeviceScheduler.only)
                scheduler.condition.notifyAll()
            }
            scheduler.advance()
        }

        func pipelineDidFail() { scheduler.unloadLater(self) }
    }

    /// The policy's number of this device.
    private static let only = 0
    /// How long frames in flight may take before a device counts as stuck.
    private static let longestTurnMilliseconds: UInt64 = 10_000

    // All that follows is guarded by this lock.
    private let condition = Condition()
    private var policy = SchedulingPolicy(devices: 1)
    private var members: [SchedulingPolicy.Client: Member] = [:]
    /// Whose group the device has.
    private var loaded: Member?
    private var next: (member: Member, turn: SchedulingPolicy.Turn)?
    private var isLoading = false
    /// A group that may run although another one was to be loaded in its place.
    private var replaced: ConfiguredGroup?
    /// Why the loaded group has to go: it failed, or the device is wanted without any.
    private var unloading: Unloading?
    /// Whether the thread waits for the device, and whether it was woken by disabling the channels.
    private var isListening = false
    private var areChannelsDisabled = false
    /// How many want the device without a group, so that no turn begins.
    private var holds = 0
    private var thread: Thread?
    /// Counts threads: one whose number this is not any more ends.
    private var threads = 0

    private enum Unloading {
        case failed, unwanted
    }

    // MARK: Members

    /// A group takes part from now on.
    func add(
        _ group: ConfiguredGroup, _ pipeline: Pipeline, _ origin: DataOrigin, _ traits: SchedulingTraits,
        _ settings: SchedulingSettings
    ) throws(HailoError) -> Member {
        try group.beginTurns()
        do throws(HailoError) {
            return try join(group, pipeline, origin, traits, settings)
        } catch {
            group.endTurns()
            throw error
        }
    }

    private func join(
        _ group: ConfiguredGroup, _ pipeline: Pipeline, _ origin: DataOrigin, _ traits: SchedulingTraits,
        _ settings: SchedulingSettings
    ) throws(HailoError) -> Member {
        try condition.withLock { () throws(HailoError) in
            if thread == nil {
                threads += 1
                thread = try Thread.start("hailoswift-turn") { [self, threads] in run(threads) }
            }
            let client = policy.add(traits, settings, now: Clock.now)
            let member = Member(group, pipeline, origin, client, self)
            members[client] = member
            pipeline.start(gate: member)
            return member
        }
    }

    /// A group takes no part any more. Its frames are forgotten, and its jobs end.
    func remove(_ member: Member, _ teardown: inout Teardown) {
        member.pipeline.close()
        let isOnDevice = condition.withLock { () -> Bool in
            // It gets no turn any more.
            policy.didWithdraw(.max, of: member.client)
            while isLoading, next?.member === member { condition.wait() }
            if next?.member === member {
                next = nil
                policy.didFail(DeviceScheduler.only)
                // The channels of the one before may be disabled already.
                if loaded != nil, unloading == nil { unloading = .unwanted }
                wake()
            }
            guard loaded === member else { return false }
            unloading = .failed
            wake()
            return true
        }
        if isOnDevice { awaitUnloading(of: member, &teardown) }
        member.pipeline.finish()
        let thread = condition.withLock { () -> Thread? in
            policy.remove(member.client)
            members[member.client] = nil
            guard members.isEmpty else { return nil }
            threads += 1
            condition.notifyAll()
            defer { self.thread = nil }
            return self.thread
        }
        if thread?.isCurrent == false { thread?.join() } else { thread?.detach() }
        member.group.endTurns()
        advance()
    }

    private func awaitUnloading(of member: Member, _ teardown: inout Teardown) {
        // The last one to need a session may be this very thread.
        if condition.withLock({ thread?.isCurrent }) == true { return unload(member, .failed, &teardown) }
        condition.withLock { while loaded === member { condition.wait() } }
    }

    /// Runs something that the firmware permits only while no group is on the device.
    func withoutGroup<Result>(_ body: () throws(HailoError) -> Result) throws(HailoError) -> Result {
        condition.withLock { holds += 1 }
        defer {
            condition.withLock { holds -= 1 }
            advance()
        }
        try awaitQuiet()
        return try body()
    }

    private func awaitQuiet() throws(HailoError) {
        let deadline = Clock.deadline(milliseconds: DeviceScheduler.longestTurnMilliseconds)
        try condition.withLock { () throws(HailoError) in
            while loaded != nil || next != nil {
                let now = Clock.now
                guard now < deadline else {
                    throw HailoError(
                        .timeout,
                        "frames in flight did not come back, so that nothing could be configured; the chip may have stopped"
                    )
                }
                if loaded != nil, next == nil, unloading == nil, policy.inFlight(on: DeviceScheduler.only) == 0 {
                    unloading = .unwanted
                    wake()
                }
                condition.wait(nanoseconds: deadline - now)
            }
        }
    }

    // MARK: Turns

    /// Does what the policy wants done now.
    private func advance() {
        while let (member, turn) = nextForLoaded() {
            do throws(HailoError) {
                if turn.preparation == .batch { try member.group.changeBatch(turn.batch) }
                member.pipeline.grant(turn.frames)
            } catch {
                member.pipeline.fail(error, isCause: false)
            }
        }
    }

    /// The next turn of the group that the device has; another group's is left to the thread.
    private func nextForLoaded() -> (Member, SchedulingPolicy.Turn)? {
        condition.withLock {
            guard holds == 0, next == nil, unloading == nil, let turn = policy.next(now: Clock.now),
                let member = members[turn.client]
            else { return nil }
            if turn.preparation == .none || turn.preparation == .batch && member.group.canChangeBatch {
                return (member, turn)
            }
            next = (member, turn)
            wake()
            return nil
        }
    }

    /// Lets the thread look for work. Called with the lock held.
    private func wake() {
        condition.notifyAll()
        guard isListening, !areChannelsDisabled, let loaded else { return }
        // It waits in the driver, which gives up waiting for channels that are disabled. They have to be now in any case.
        var teardown = Teardown()
        areChannelsDisabled = loaded.group.disableChannels(&teardown)
    }

    private func unloadLater(_ member: Member) {
        condition.withLock {
            guard loaded === member, unloading == nil else { return }
            unloading = .failed
            wake()
        }
    }

    // MARK: The thread

    private enum Work {
        case listen(Member)
        case load(Member, SchedulingPolicy.Turn, insteadOf: Member?)
        case unload(Member, Unloading)
    }

    private func run(_ number: Int) {
        while let work = nextWork(number) {
            switch work {
            case .listen(let member): listen(member)
            case .load(let member, let turn, let old): load(member, turn, insteadOf: old)
            case .unload(let member, let why):
                var teardown = Teardown()
                unload(member, why, &teardown)
            }
            advance()
        }
    }

    private func nextWork(_ number: Int) -> Work? {
        condition.withLock {
            isListening = false
            while number == threads {
                if let unloading, let loaded { return .unload(loaded, unloading) }
                if let next {
                    isLoading = true
                    return .load(next.member, next.turn, insteadOf: loaded)
                }
                if let loaded {
                    isListening = true
                    return .listen(loaded)
                }
                condition.wait()
            }
            return nil
        }
    }

    private func listen(_ member: Member) {
        do throws(HailoError) {
            try member.group.device.dma.waitForInterrupts(channels: member.group.channels) { channel, progress in
                member.pipeline.note(channel, progress)
            }
            condition.withLock { isListening = false }
            try member.pipeline.deliver()
        } catch {
            condition.withLock { isListening = false }
            member.pipeline.fail(error, isCause: false)
        }
    }

    private func load(_ member: Member, _ turn: SchedulingPolicy.Turn, insteadOf old: Member?) {
        do throws(HailoError) {
            if let old {
                if !condition.withLock({ areChannelsDisabled }) { try old.group.stopChannels() }
                old.pipeline.endTurn()
            }
            try member.group.load(batch: turn.batch, insteadOf: old === member ? nil : old?.group)
            try member.pipeline.beginTurn()
        } catch {
            replaced = old === member ? nil : old?.group
            didLoad(member, .failed)
            return member.pipeline.fail(error, isCause: false)
        }
        member.group.device.notifications.attend(member.pipeline)
        member.group.device.note(origin: member.origin)
        didLoad(member, nil)
        member.pipeline.grant(turn.frames)
    }

    private func didLoad(_ member: Member, _ why: Unloading?) {
        condition.withLock {
            loaded = member
            next = nil
            unloading = why
            (isLoading, areChannelsDisabled) = (false, false)
            condition.notifyAll()
        }
    }

    /// Takes the group off the device. If it failed, its frames are forgotten, and it starts anew with its next ones.
    private func unload(_ member: Member, _ why: Unloading, _ teardown: inout Teardown) {
        member.group.device.notifications.attend(nil)
        teardown.isLossKnown = member.pipeline.hasLostDevice
        if why == .failed { member.pipeline.quiesce() }
        if !condition.withLock({ areChannelsDisabled }) { _ = member.group.disableChannels(&teardown) }
        if member.group.reset(&teardown) { replaced?.memory.endUse() }
        replaced = nil
        condition.withLock {
            // Where the next group was chosen already, the policy knows of its frames only.
            if next == nil { policy.didFail(DeviceScheduler.only) }
            if why == .failed { policy.didWithdraw(.max, of: member.client) }
        }
        switch why {
        case .unwanted: member.pipeline.endTurn()
        case .failed: member.pipeline.finish()
        }
        condition.withLock {
            loaded = nil
            unloading = nil
            areChannelsDisabled = false
            condition.notifyAll()
        }
    }
}
