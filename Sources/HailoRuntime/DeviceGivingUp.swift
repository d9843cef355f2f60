internal import HailoBase
internal import HailoScheduler

// How the thread of a shared device gives it up, and gets it back.
extension DeviceScheduler {
    enum NextStep {
        case work(Work), again, goOn
        case pause(UInt64)
    }

    /// How long a process that gave the device up does not ask for it, so that those who waited get it.
    private static let rest: UInt64 = 5 * DeviceSharing.interval

    /// What comes next on a shared device that has nothing to load or to unload. Called with the lock held.
    func share(_ station: Int, _ sharing: DeviceSharing) -> NextStep {
        let now = Clock.now
        if let end = stations[station].restsUntil {
            if now < end { return .pause(end - now) }
            change(station) { $0.restsUntil = nil }
            return .work(.ask)
        }
        guard sharing.isHeld else { return stations[station].loaded == nil ? .pause(.max) : .goOn }
        guard policy.inFlight(on: station) == 0 else {
            stations[station].idleSince = nil
            return .goOn
        }
        // Somebody who creates a session gives it up, or lets this thread do it.
        guard holds == 0 else { return .pause(DeviceSharing.interval) }
        if stations[station].isYielding {
            guard stations[station].loaded != nil else { return .work(.giveUp) }
            change(station) { $0.unloading = .unwanted }
            return .again
        }
        let since = stations[station].idleSince ?? now
        stations[station].idleSince = since
        if now - since >= DeviceSharing.idleTime || sharing.shouldGiveUp {
            change(station) { $0.isYielding = true }
            return .again
        }
        return .pause(DeviceSharing.interval)
    }

    /// After news of a device that has frames in flight.
    func yieldIfOthersWait(_ station: Int) {
        guard let sharing = condition.withLock({ stations[station].sharing }), sharing.shouldGiveUp else { return }
        condition.withLock {
            guard stations[station].next == nil, holds == 0 else { return }
            change(station) { $0.isYielding = true }
        }
    }

    func giveUp(_ station: Int) {
        if let device = condition.withLock({ members.values.first?.lanes[station].group.device }) { device.giveUp() }
        condition.withLock {
            change(station) {
                $0.isYielding = false
                $0.idleSince = nil
                $0.restsUntil = Clock.now + DeviceScheduler.rest
            }
        }
    }

    /// Waits for the device as long as its next turn is wanted.
    func reserve(_ lane: Lane, _ turn: SchedulingPolicy.Turn, _ sharing: DeviceSharing, _ number: Int) {
        let station = lane.station
        do throws(HailoError) {
            _ = try sharing.reserve {
                condition.withLock { number == stations[station].threads && stations[station].next?.lane === lane }
            }
        } catch {
            lane.end(turn.frames, error)
            lane.pipeline.failTurn(error)
            condition.withLock { policy.didFail(station) }
            let left = forgetFrames(of: lane)
            condition.withLock { change(station) { $0.next = nil } }
            if left > 0 { didQueue(left, of: lane.client) }
        }
    }

    /// Lets other processes have the devices if there are no sessions.
    func giveUpIfUnused() {
        let unused = condition.withLock { members.isEmpty && holds == 0 ? stations.compactMap { $0.sharing } : [] }
        for sharing in unused { sharing.giveUp() }
    }
}
