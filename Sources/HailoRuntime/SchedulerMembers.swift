internal import HailoBase
internal import HailoScheduler

// Who takes turns.
extension DeviceScheduler {
    /// A session takes part from now on. It has a part on each device.
    func add(
        _ parts: [Part], _ traits: SchedulingTraits, _ settings: SchedulingSettings
    ) throws(HailoError) -> Member {
        var begun = 0
        do throws(HailoError) {
            for part in parts {
                try part.group.beginTurns()
                begun += 1
            }
            return try join(parts, traits, settings)
        } catch {
            for part in parts[..<begun] { part.group.endTurns() }
            throw error
        }
    }

    private func join(
        _ parts: [Part], _ traits: SchedulingTraits, _ settings: SchedulingSettings
    ) throws(HailoError) -> Member {
        try condition.withLock { () throws(HailoError) in
            if members.isEmpty { try startThreads() }
            let client = policy.add(traits, settings, now: Clock.now)
            let depth = parts.reduce(0) { $0 + $1.pipeline.depth }
            let backlog =
                parts.count == 1
                ? nil : FrameBacklog(depth: depth) { [self] in didQueue($0, of: client) }
            let lanes = parts.enumerated().map { station, part in
                Lane(part.group, part.pipeline, backlog, station: station, client, part.origin, self)
            }
            for lane in lanes { lane.pipeline.start(gate: lane) }
            let member = Member(lanes, client, backlog)
            members[client] = member
            return member
        }
    }

    /// Called with the lock held.
    private func startThreads() throws(HailoError) {
        do throws(HailoError) {
            for station in stations.indices { try startThread(station) }
        } catch {
            for thread in endThreads() { thread.detach() }
            throw error
        }
    }

    /// Lets the threads end. Called with the lock held.
    private func endThreads() -> [Thread] {
        condition.notifyAll()
        let ended = stations.compactMap { $0.thread }
        for index in stations.indices {
            stations[index].threads += 1
            stations[index].thread = nil
        }
        return ended
    }

    /// A session takes no part any more. Its frames are forgotten, and its jobs end.
    func remove(_ member: Member, _ teardown: inout Teardown) {
        for lane in member.lanes { lane.pipeline.close() }
        condition.withLock {
            policy.retire(member.client)
            for lane in member.lanes { withdraw(lane) }
        }
        for lane in member.lanes { awaitUnloading(of: lane, &teardown) }
        member.backlog?.end(Pipeline.deactivated)
        for lane in member.lanes { lane.pipeline.finish() }
        let ended = condition.withLock { () -> [Thread] in
            policy.remove(member.client)
            members[member.client] = nil
            waitingSince[member.client] = nil
            return members.isEmpty ? endThreads() : []
        }
        for thread in ended { if thread.isCurrent { thread.detach() } else { thread.join() } }
        for lane in member.lanes { lane.group.endTurns() }
        advance()
    }

    /// Takes a lane off its device, or out of the way there. Called with the lock held.
    private func withdraw(_ lane: Lane) {
        let station = lane.station
        while stations[station].isLoading, stations[station].next?.lane === lane { condition.wait() }
        if stations[station].next?.lane === lane {
            policy.didFail(station)
            change(station) {
                $0.next = nil
                // The channels of the one before may be disabled already.
                if $0.loaded != nil, $0.unloading == nil { $0.unloading = .unwanted }
            }
            wake(station)
        }
        guard stations[station].loaded === lane else { return }
        change(station) { $0.unloading = .failed }
        wake(station)
    }

    private func awaitUnloading(of lane: Lane, _ teardown: inout Teardown) {
        let station = lane.station
        // The last one to need a session may be this very thread.
        let isHere = condition.withLock {
            stations[station].loaded === lane && stations[station].thread?.isCurrent == true
        }
        if isHere { return unload(lane, .failed, &teardown) }
        condition.withLock { while stations[station].loaded === lane { condition.wait() } }
    }

    // MARK: Settings

    func settings(of member: Member) -> SchedulingSettings {
        condition.withLock { policy.settings(of: member.client) ?? SchedulingSettings() }
    }

    func set(_ settings: SchedulingSettings, of member: Member) {
        condition.withLock {
            if policy.settings(of: member.client)?.priority == settings.priority {
                policy.set(threshold: settings.threshold, timeout: settings.timeout, of: member.client)
            } else {
                policy.set(settings, of: member.client)
            }
        }
        advance()
    }

    // MARK: Without groups

    /// Runs something that the firmware permits only while no group is on a device.
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
            while stations.contains(where: { $0.loaded != nil || $0.next != nil }) {
                let now = Clock.now
                guard now < deadline else {
                    throw HailoError(
                        .timeout,
                        "frames in flight did not come back, so that nothing could be configured; the chip may have stopped"
                    )
                }
                for station in stations.indices where stations[station].loaded != nil {
                    guard stations[station].isAvailable, policy.inFlight(on: station) == 0 else { continue }
                    change(station) { $0.unloading = .unwanted }
                    wake(station)
                }
                condition.wait(nanoseconds: deadline - now)
            }
        }
    }
}
