import HailoScheduler
import HailoTestSupport
import Testing

/// The rules one by one, and a long day of random requests.
@Suite struct PolicyTests {
    private static let usual = SchedulingTraits(burst: 32, depth: 32, runsInBatches: false)

    @Test func aModelAloneStreams() {
        var policy = SchedulingPolicy(devices: 1)
        let client = policy.add(PolicyTests.usual, now: 0)
        policy.didQueue(3, of: client, now: 0)
        let first = policy.next(now: 0)
        #expect(first?.frames == 3)
        #expect(first?.preparation == .load(insteadOf: nil))
        policy.didQueue(2, of: client, now: 1)
        #expect(policy.next(now: 1)?.preparation == SchedulingPolicy.Turn.Preparation.none)
        #expect(policy.next(now: 1) == nil)
        #expect(policy.inFlight(on: 0) == 5)
    }

    @Test func nothingInterruptsWhatIsInFlight() {
        var policy = SchedulingPolicy(devices: 1)
        let low = policy.add(PolicyTests.usual, now: 0)
        let high = policy.add(PolicyTests.usual, SchedulingSettings(priority: 31), now: 0)
        policy.didQueue(4, of: low, now: 0)
        _ = policy.next(now: 0)
        policy.didQueue(1, of: high, now: 0)
        #expect(policy.next(now: 0) == nil)
        policy.didFinish(3, on: 0)
        #expect(policy.next(now: 0) == nil)
        policy.didFinish(1, on: 0)
        #expect(policy.next(now: 0)?.client == high)
    }

    @Test func anotherBatchNeedsNoOtherModel() {
        var policy = SchedulingPolicy(devices: 1)
        let client = policy.add(SchedulingTraits(burst: 4, depth: 32, runsInBatches: true), now: 0)
        policy.didQueue(6, of: client, now: 0)
        let first = policy.next(now: 0)
        #expect(first.map { [$0.frames, $0.batch] } == [4, 4])
        // Batches do not stream.
        #expect(policy.next(now: 0) == nil)
        policy.didFinish(4, on: 0)
        let second = policy.next(now: 0)
        #expect(second.map { [$0.frames, $0.batch] } == [2, 2])
        #expect(second?.preparation == .batch)
    }

    @Test func whoIsGoneGetsNothing() {
        var policy = SchedulingPolicy(devices: 1)
        let client = policy.add(PolicyTests.usual, now: 0)
        policy.didQueue(3, of: client, now: 0)
        policy.didWithdraw(3, of: client)
        #expect(policy.next(now: 0) == nil)
        policy.didQueue(1, of: client, now: 0)
        policy.remove(client)
        #expect(policy.next(now: 0) == nil)
        #expect(policy.settings(of: client) == nil)
        policy.didQueue(1, of: client, now: 0)
        #expect(policy.waiting(of: client) == 0)
    }

    @Test func aLostDeviceIsLeftOut() {
        var policy = SchedulingPolicy(devices: 2)
        let client = policy.add(SchedulingTraits(burst: 1, depth: 32, runsInBatches: false), now: 0)
        policy.didQueue(2, of: client, now: 0)
        #expect(Set([policy.next(now: 0)?.device, policy.next(now: 0)?.device]) == [0, 1])
        policy.didFail(0)
        policy.setAvailable(false, 0)
        policy.didFinish(1, on: 1)
        policy.didQueue(4, of: client, now: 0)
        for _ in 0..<4 { #expect(policy.next(now: 0)?.device == 1) }
    }

    // MARK: A day

    private struct Model {
        let client: SchedulingPolicy.Client
        let traits: SchedulingTraits
        var queued = 0
        var sent = 0
        var finished = 0
        var waitingSince: UInt64 = 0
    }

    /// A million requests in many configurations: no frame is lost or sent twice, only one model is on a device at a time, shares are
    /// kept, and with ageing nobody waits without end.
    @Test(arguments: 0..<20)
    func aDay(seed: UInt64) {
        var random = SplitMix(seed)
        let ageing: UInt64 = seed % 2 == 0 ? 0 : 50
        let devices = Int.random(in: 1...3, using: &random)
        var policy = SchedulingPolicy(devices: devices, ageing: ageing)
        var models: [Model] = []
        var onDevice = [(model: Int, frames: Int)](repeating: (-1, 0), count: devices)
        var longestWait: UInt64 = 0
        for _ in 0..<Int.random(in: 2...6, using: &random) {
            let batch = Int.random(in: 1...8, using: &random)
            let traits = SchedulingTraits(
                burst: batch, depth: Int.random(in: batch...32, using: &random),
                runsInBatches: Bool.random(using: &random))
            let settings = SchedulingSettings(
                priority: UInt8.random(in: 14...18, using: &random), threshold: Int.random(in: 0...6, using: &random),
                timeout: UInt64.random(in: 0...40, using: &random))
            models.append(Model(client: policy.add(traits, settings, now: 0), traits: traits))
        }
        let index = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($0.element.client, $0.offset) })
        var requests = 0
        var now: UInt64 = 0
        while requests < 50_000 || models.contains(where: { $0.finished < $0.queued }) {
            now += 1
            if requests < 50_000 {
                let model = Int.random(in: models.indices, using: &random)
                let count = Int.random(in: 1...4, using: &random)
                if models[model].queued == models[model].sent { models[model].waitingSince = now }
                models[model].queued += count
                requests += count
                policy.didQueue(count, of: models[model].client, now: now)
            }
            for device in onDevice.indices where onDevice[device].frames > 0 {
                let done = Int.random(in: 1...min(3, onDevice[device].frames), using: &random)
                onDevice[device].frames -= done
                models[onDevice[device].model].finished += done
                policy.didFinish(done, on: device)
            }
            while let turn = policy.next(now: now) {
                guard let model = index[turn.client] else { return #expect(Bool(false), "an unknown client") }
                let before = onDevice[turn.device]
                #expect(before.frames == 0 || before.model == model)
                #expect((turn.preparation == .none) == (before.model == model) || turn.preparation == .batch)
                #expect(turn.frames > 0 && before.frames + turn.frames <= models[model].traits.depth)
                if models[model].traits.runsInBatches { #expect(turn.batch == turn.frames && before.frames == 0) }
                models[model].sent += turn.frames
                longestWait = max(longestWait, now - models[model].waitingSince)
                models[model].waitingSince = now
                #expect(models[model].sent <= models[model].queued)
                onDevice[turn.device] = (model, before.frames + turn.frames)
            }
            // No device stands still while somebody waits.
            if models.contains(where: { $0.sent < $0.queued }) { #expect(onDevice.allSatisfy { $0.frames > 0 }) }
        }
        #expect(models.allSatisfy { $0.queued == $0.sent && $0.sent == $0.finished })
        // The steps between the lowest and the highest priority, and a turn of each of the others.
        if ageing > 0 { #expect(longestWait < 4 * ageing + 6 * 32 + 600, "seed \(seed): \(longestWait)") }
    }

    /// A low priority under a load that never ends: it waits for ever, or as long as ageing makes it.
    @Test(arguments: [0, 100] as [UInt64])
    func starvation(ageing: UInt64) {
        var policy = SchedulingPolicy(devices: 1, ageing: ageing)
        let traits = SchedulingTraits(burst: 1, depth: 4, runsInBatches: false)
        let high = policy.add(traits, SchedulingSettings(priority: 20), now: 0)
        let low = policy.add(traits, SchedulingSettings(priority: 16), now: 0)
        policy.didQueue(1, of: low, now: 0)
        policy.didQueue(4, of: high, now: 0)
        var turns: [UInt64] = []
        for now in 0..<2000 as Range<UInt64> {
            while let turn = policy.next(now: now) { if turn.client == low { turns.append(now) } }
            policy.didFinish(1, on: 0)
            policy.didQueue(1, of: high, now: now)
        }
        #expect(turns.isEmpty == (ageing == 0))
        if let first = turns.first { #expect((400...500).contains(first)) }
    }
}
