internal import HailoBase
internal import HailoDriver
internal import HailoPlanner
internal import HailoScheduler

/// Lets scheduled sessions take turns on one device or several: their frames wait, the policy says whose turn it is, and a device is
/// switched when nothing is in flight on it.
///
/// Each thread that brings or takes frames asks the policy. Frames for the group that a device has are sent by that thread; all else is done
/// by one thread for each device, which also listens to it. It never touches a group while news of another may be on the way.
final class DeviceScheduler: @unchecked Sendable {
    /// A session that takes turns.
    final class Member: @unchecked Sendable {
        /// One for each device.
        let lanes: [Lane]
        let client: SchedulingPolicy.Client
        /// nil where frames wait in the rings of the only device.
        let backlog: FrameBacklog?

        init(_ lanes: [Lane], _ client: SchedulingPolicy.Client, _ backlog: FrameBacklog?) {
            self.lanes = lanes
            self.client = client
            self.backlog = backlog
        }

        /// What runs the session's jobs.
        var runner: any FrameRunner { backlog ?? lanes[0].pipeline }
    }

    /// What a session has on one device.
    struct Part {
        let group: ConfiguredGroup
        let pipeline: Pipeline
        let origin: DataOrigin

        /// Takes it off the device.
        func release(_ teardown: inout Teardown) {
            group.release(&teardown)
            group.device.activity.remove(pipeline)
        }
    }

    /// One of the devices.
    struct Station {
        /// Whose group the device has.
        var loaded: Lane?
        var next: (lane: Lane, turn: SchedulingPolicy.Turn)?
        var isLoading = false
        /// A group that may run although another one was to be loaded in its place.
        var replaced: ConfiguredGroup?
        /// Why the loaded group has to go: it failed, or the device is wanted without any.
        var unloading: Unloading?
        /// Whether the thread waits for the device, and whether it was woken by disabling the channels.
        var isListening = false
        var areChannelsDisabled = false
        var isLost = false
        var thread: Thread?
        /// Counts its threads: one whose number this is not any more ends.
        var threads = 0
        /// The reservation of a device that other processes use too.
        let sharing: DeviceSharing?
        /// Set to give it up after what is in flight.
        var isYielding = false
        /// Since when a shared device has had nothing to do.
        var idleSince: UInt64?
        /// Until when other processes may have it.
        var restsUntil: UInt64?

        init(_ sharing: DeviceSharing?) { self.sharing = sharing }

        /// Whether nothing stands in the way of a turn.
        var isAvailable: Bool {
            next == nil && unloading == nil && !isLost && !isYielding && restsUntil == nil
        }
    }

    enum Unloading {
        case failed, unwanted
    }

    /// How long frames in flight may take before a device counts as stuck.
    static let longestTurnMilliseconds: UInt64 = 10_000

    // All that follows is guarded by this lock.
    let condition = Condition()
    var policy: SchedulingPolicy
    var stations: [Station]
    var members: [SchedulingPolicy.Client: Member] = [:]
    /// Since when frames of a client wait that no device has.
    var waitingSince: [SchedulingPolicy.Client: UInt64] = [:]
    /// How many want the devices without a group, so that no turn begins.
    var holds = 0

    /// One reservation for each device, nil for those that are not shared.
    init(_ reservations: [DeviceSharing?], ageingMilliseconds: UInt32) {
        policy = SchedulingPolicy(devices: reservations.count, ageing: UInt64(ageingMilliseconds) * 1_000_000)
        stations = reservations.map { Station($0) }
    }

    /// Changes a device, and tells the policy what that means. Called with the lock held.
    func change(_ station: Int, _ body: (inout Station) -> Void) {
        body(&stations[station])
        policy.setAvailable(stations[station].isAvailable, station)
        condition.notifyAll()
    }

    // MARK: What happens

    func didQueue(_ count: Int, of client: SchedulingPolicy.Client) {
        condition.withLock {
            let now = Clock.now
            if policy.waiting(of: client) == 0, waitingSince[client] == nil { waitingSince[client] = now }
            policy.didQueue(count, of: client, now: now)
        }
        advance()
    }

    func frameDidFinish(_ lane: Lane) {
        condition.withLock {
            policy.didFinish(1, on: lane.station)
            if policy.inFlight(on: lane.station) == 0 { condition.notifyAll() }
        }
        advance()
    }

    func unloadLater(_ lane: Lane) {
        condition.withLock {
            guard stations[lane.station].loaded === lane, stations[lane.station].unloading == nil else { return }
            change(lane.station) { $0.unloading = .failed }
            wake(lane.station)
        }
    }

    // MARK: Turns

    /// Does what the policy wants done now.
    func advance() {
        while let (lane, turn, generation) = nextForLoaded() {
            do throws(HailoError) {
                if turn.preparation == .batch { try lane.group.changeBatch(turn.batch) }
            } catch {
                lane.pipeline.fail(error, isCause: false)
            }
            send(lane, turn, generation)
        }
    }

    func send(_ lane: Lane, _ turn: SchedulingPolicy.Turn, _ generation: Int) {
        let left = lane.send(turn.frames, generation)
        guard left > 0 else { return }
        let waitsAgain = condition.withLock {
            guard stations[lane.station].loaded === lane, lane.pipeline.turnGeneration == generation else {
                return true
            }
            policy.didFinish(left, on: lane.station)
            let isIdle = policy.inFlight(on: lane.station) == 0
            if isIdle { condition.notifyAll() }
            // After news of others in flight, or the failure, they wait again. There may be none any more.
            guard !isIdle || lane.pipeline.hasTurnFailed else { return true }
            lane.unplaced += left
            return false
        }
        if waitsAgain { didQueue(left, of: lane.client) }
    }

    /// The next turn of a group that its device has; another group's is left to the device's thread.
    private func nextForLoaded() -> (Lane, SchedulingPolicy.Turn, generation: Int)? {
        condition.withLock {
            while holds == 0, let turn = policy.next(now: Clock.now), let member = members[turn.client] {
                let lane = member.lanes[turn.device]
                note(turn, of: lane)
                if turn.preparation == .none || turn.preparation == .batch && lane.group.canChangeBatch {
                    // The thread of a shared device may be pausing.
                    if stations[turn.device].idleSince != nil { condition.notifyAll() }
                    return (lane, turn, lane.pipeline.turnGeneration)
                }
                change(turn.device) { $0.next = (lane, turn) }
                wake(turn.device)
            }
            return nil
        }
    }

    /// Called with the lock held.
    private func note(_ turn: SchedulingPolicy.Turn, of lane: Lane) {
        guard case .load = turn.preparation else {
            if policy.waiting(of: turn.client) == 0 { waitingSince[turn.client] = nil }
            return
        }
        let now = Clock.now
        let waited = waitingSince[turn.client].map { now - min($0, now) } ?? 0
        waitingSince[turn.client] = policy.waiting(of: turn.client) > 0 ? now : nil
        lane.pipeline.noteTurn(waited: waited)
    }

    /// Lets a device's thread look for work. Called with the lock held.
    func wake(_ station: Int) {
        condition.notifyAll()
        guard stations[station].isListening, !stations[station].areChannelsDisabled,
            let loaded = stations[station].loaded
        else { return }
        // It waits in the driver, which gives up waiting for channels that are disabled. They have to be now in any case.
        var teardown = Teardown()
        teardown.isLossKnown = loaded.pipeline.hasLostDevice
        stations[station].areChannelsDisabled = loaded.group.disableChannels(&teardown)
        if teardown.error?.status == .deviceLost { replaceThread(station) }
    }

    /// The driver does not wake a thread that waits for a device which is gone, before the device is closed. Another thread
    /// takes over. Called with the lock held.
    private func replaceThread(_ station: Int) {
        stations[station].thread?.detach()
        stations[station].thread = nil
        stations[station].isListening = false
        do throws(HailoError) {
            try startThread(station)
        } catch {
            Log.error(error.message)
        }
    }

    /// Called with the lock held.
    func startThread(_ station: Int) throws(HailoError) {
        stations[station].threads += 1
        let number = stations[station].threads
        stations[station].thread = try Thread.start("hailoswift-turn") { [self] in run(station, number) }
    }
}
