internal import HailoBase
internal import HailoDriver
internal import HailoScheduler

// What the thread of each device does.
extension DeviceScheduler {
    enum Work {
        /// Without the lane, which keeps the device: one that is gone has to be closed before the driver lets the thread go.
        case listen(Pipeline, DMA, channels: UInt32)
        case load(Lane, SchedulingPolicy.Turn, insteadOf: Lane?)
        case unload(Lane, Unloading)
        case reserve(Lane, SchedulingPolicy.Turn, DeviceSharing)
        case giveUp
        case ask
    }

    func run(_ station: Int, _ number: Int) {
        while let work = nextWork(station, number) {
            switch work {
            case .listen(let pipeline, let dma, let channels): listen(station, number, pipeline, dma, channels)
            case .load(let lane, let turn, let old): load(lane, turn, insteadOf: old)
            case .unload(let lane, let why):
                var teardown = Teardown()
                unload(lane, why, &teardown)
            case .reserve(let lane, let turn, let sharing): reserve(lane, turn, sharing, number)
            case .giveUp: giveUp(station)
            case .ask: break
            }
            advance()
        }
    }

    private func nextWork(_ station: Int, _ number: Int) -> Work? {
        condition.withLock {
            while number == stations[station].threads {
                if let unloading = stations[station].unloading, let loaded = stations[station].loaded {
                    return .unload(loaded, unloading)
                }
                if let next = stations[station].next {
                    if let sharing = stations[station].sharing, !sharing.isHeld {
                        return .reserve(next.lane, next.turn, sharing)
                    }
                    stations[station].isLoading = true
                    return .load(next.lane, next.turn, insteadOf: stations[station].loaded)
                }
                var pause = Condition.forever
                if let sharing = stations[station].sharing {
                    switch share(station, sharing) {
                    case .work(let work): return work
                    case .again: continue
                    case .pause(let time): pause = time
                    case .goOn: break
                    }
                }
                if pause == Condition.forever, let loaded = stations[station].loaded {
                    stations[station].isListening = true
                    return .listen(loaded.pipeline, loaded.group.device.dma, channels: loaded.group.channels)
                }
                condition.wait(nanoseconds: pause)
            }
            return nil
        }
    }

    private func listen(_ station: Int, _ number: Int, _ pipeline: Pipeline, _ dma: DMA, _ channels: UInt32) {
        do throws(HailoError) {
            try dma.waitForInterrupts(channels: channels) { channel, progress in pipeline.note(channel, progress) }
            if !endListening(station, number) { return }
            try pipeline.deliver()
        } catch {
            if !endListening(station, number) { return }
            pipeline.fail(error, isCause: false)
        }
        yieldIfOthersWait(station)
        if let lane = condition.withLock({ stations[station].loaded }) { takeUnplaced(lane) }
    }

    /// Returns false if another thread has taken over.
    private func endListening(_ station: Int, _ number: Int) -> Bool {
        condition.withLock {
            guard number == stations[station].threads else { return false }
            stations[station].isListening = false
            return true
        }
    }

    /// Frames that there was no room for wait again.
    private func takeUnplaced(_ lane: Lane) {
        let count = condition.withLock {
            defer { lane.unplaced = 0 }
            return lane.unplaced
        }
        if count > 0 { didQueue(count, of: lane.client) }
    }

    private func load(_ lane: Lane, _ turn: SchedulingPolicy.Turn, insteadOf old: Lane?) {
        let station = lane.station
        do throws(HailoError) {
            if let old {
                if !condition.withLock({ stations[station].areChannelsDisabled }) { try old.group.stopChannels() }
                if !old.pipeline.endTurn() { forgetFrames(of: old) }
            }
            try lane.group.load(batch: turn.batch, insteadOf: old === lane ? nil : old?.group)
            try lane.pipeline.beginTurn()
        } catch {
            condition.withLock { stations[station].replaced = old === lane ? nil : old?.group }
            didLoad(lane, isFailed: true)
            lane.end(turn.frames, error)
            return lane.pipeline.failTurn(error)
        }
        lane.group.device.notifications.attend(lane.pipeline)
        lane.group.device.note(origin: lane.origin)
        let generation = lane.pipeline.turnGeneration
        didLoad(lane, isFailed: false)
        send(lane, turn, generation)
    }

    private func didLoad(_ lane: Lane, isFailed: Bool) {
        condition.withLock {
            // The firmware may have told of a failure before the lane counted as loaded.
            let isFailed = isFailed || lane.pipeline.hasTurnFailed
            change(lane.station) {
                $0.loaded = lane
                $0.next = nil
                $0.unloading = isFailed ? .failed : nil
                ($0.isLoading, $0.areChannelsDisabled) = (false, false)
            }
        }
    }

    /// Takes the group off the device. If it failed, its frames are forgotten, and it starts again with its next ones.
    func unload(_ lane: Lane, _ why: Unloading, _ teardown: inout Teardown) {
        let station = lane.station
        lane.group.device.notifications.attend(nil)
        let isLost = lane.pipeline.hasLostDevice
        teardown.isLossKnown = isLost
        if why == .failed { lane.pipeline.quiesce() }
        if !condition.withLock({ stations[station].areChannelsDisabled }) { _ = lane.group.disableChannels(&teardown) }
        let replaced = condition.withLock { stations[station].replaced }
        if lane.group.reset(&teardown) { replaced?.memory.endUse() }
        condition.withLock {
            stations[station].replaced = nil
            // Where the next group was chosen already, the policy knows of its frames only.
            if stations[station].next == nil { policy.didFail(station) }
        }
        let left = why == .failed || !lane.pipeline.endTurn() ? forgetFrames(of: lane) : 0
        condition.withLock {
            change(station) {
                $0.loaded = nil
                $0.unloading = nil
                $0.areChannelsDisabled = false
                if isLost, lane.backlog != nil { $0.isLost = true }
            }
        }
        if isLost { leaveOut(lane) }
        if left > 0 { didQueue(left, of: lane.client) }
        takeUnplaced(lane)
    }

    /// A turn has failed, and the chip reaches no memory any more. Returns how many frames went back to the backlog.
    @discardableResult
    func forgetFrames(of lane: Lane) -> Int {
        lane.pipeline.quiesce()
        if lane.backlog == nil { condition.withLock { policy.didWithdraw(.max, of: lane.client) } }
        return lane.pipeline.finish()
    }

    /// The other devices go on without one that is gone; without any, the sessions end.
    private func leaveOut(_ lane: Lane) {
        guard lane.backlog != nil else { return }
        let name = lane.group.device.name
        Log.error("\(name): the device is gone; the others of its group go on without it")
        let isLast = condition.withLock { stations.allSatisfy { $0.isLost } }
        guard isLast else { return }
        for member in condition.withLock({ Array(members.values) }) {
            member.backlog?.end(HailoError(.deviceLost, "\(name) was the last device of its group, and is gone"))
        }
    }
}
