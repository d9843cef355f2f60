/// Decides which of several models runs next on which of several devices, and how many of its frames.
///
/// A value without threads, devices or clocks: it is told what happens and when, and says what to do. Its rules are those of the
/// vendor's scheduler, as docs/scheduling.md states them.
package struct SchedulingPolicy: Sendable {
    /// One of the models that take turns.
    package struct Client: Hashable, Sendable {
        fileprivate let number: Int
    }

    /// What to do: send frames of a client to a device, which may have to be prepared before.
    package struct Turn: Equatable, Sendable {
        package enum Preparation: Equatable, Sendable {
            /// The device goes on with what it has.
            case none
            /// It has the right model, for batches of another size.
            case batch
            /// It has another model, or none.
            case load(insteadOf: Client?)
        }

        package let device: Int
        package let client: Client
        package let frames: Int
        /// How many frames the chip works on together.
        package let batch: Int
        package let preparation: Preparation
    }

    private struct Record {
        let traits: SchedulingTraits
        var settings: SchedulingSettings
        /// Frames that wait for being sent.
        var waiting = 0
        /// Since when there have been any.
        var waitingSince: UInt64 = 0
        /// When it got its last turn, or was added.
        var lastTurn: UInt64
        /// It gets no turn any more.
        var isRetired = false
    }

    private struct Device {
        var client: Client?
        var batch = 1
        var inFlight = 0
        /// Frames sent since the client was loaded.
        var framesOfTurn = 0
        /// One that is being prepared, or is gone, gets nothing.
        var isAvailable = true
    }

    private var records: [Record?] = []
    private var devices: [Device]
    /// The clients of each priority in the order of their turns, and who comes first.
    private var rounds: [Round]
    /// The device that got a frame last, among those that have the same client.
    private var lastFed = 0
    private let ageing: UInt64

    /// Frames that were queued or finished since there was nothing to do.
    private var news = 0

    /// How many frames keep one of several devices busy.
    private static let framesAhead = 2

    private struct Round: Sendable {
        var clients: [Client] = []
        var next = 0
    }

    /// `ageing` is how many nanoseconds of waiting count as much as one step of priority; 0 is no ageing, and a low priority may
    /// wait for ever.
    package init(devices: Int, ageing: UInt64 = 0) {
        self.devices = [Device](repeating: Device(), count: devices)
        rounds = [Round](repeating: Round(), count: Int(SchedulingSettings.highestPriority) + 1)
        self.ageing = ageing
    }

    // MARK: Clients

    package mutating func add(
        _ traits: SchedulingTraits, _ settings: SchedulingSettings = SchedulingSettings(), now: UInt64
    ) -> Client {
        let client = Client(number: records.firstIndex { $0 == nil } ?? records.count)
        let record = Record(traits: traits, settings: settings, lastTurn: now)
        if client.number == records.count { records.append(record) } else { records[client.number] = record }
        rounds[Int(settings.priority)].clients.append(client)
        return client
    }

    /// Its waiting frames are forgotten. What it has in flight is to be finished, or failed, before.
    package mutating func remove(_ client: Client) {
        guard let record = record(client) else { return }
        leave(client, Int(record.settings.priority))
        records[client.number] = nil
        for index in devices.indices where devices[index].client == client { devices[index].client = nil }
    }

    /// The client gets no turn any more, whatever is queued. It is to be removed when it has nothing in flight.
    package mutating func retire(_ client: Client) {
        guard record(client) != nil else { return }
        records[client.number]?.waiting = 0
        records[client.number]?.isRetired = true
    }

    /// Setting a priority, even the same one, puts the client behind the others of that priority, and begins their round anew.
    package mutating func set(_ settings: SchedulingSettings, of client: Client) {
        guard let record = record(client) else { return }
        leave(client, Int(record.settings.priority))
        records[client.number]?.settings = settings
        rounds[Int(settings.priority)].clients.append(client)
        rounds[Int(settings.priority)].next = 0
    }

    /// The same without a change of the order, which a threshold and a timeout do not affect.
    package mutating func set(threshold: Int, timeout: UInt64, of client: Client) {
        records[client.number]?.settings.threshold = threshold
        records[client.number]?.settings.timeout = timeout
    }

    package func settings(of client: Client) -> SchedulingSettings? { record(client)?.settings }

    private func record(_ client: Client) -> Record? {
        records.indices.contains(client.number) ? records[client.number] : nil
    }

    private mutating func leave(_ client: Client, _ priority: Int) {
        guard let index = rounds[priority].clients.firstIndex(of: client) else { return }
        rounds[priority].clients.remove(at: index)
        if rounds[priority].next > index { rounds[priority].next -= 1 }
    }

    // MARK: What happens

    /// Frames are ready to be sent.
    package mutating func didQueue(_ frames: Int, of client: Client, now: UInt64) {
        guard let record = record(client), frames > 0, !record.isRetired else { return }
        let waiting = record.waiting
        if waiting == 0 { records[client.number]?.waitingSince = now }
        records[client.number]?.waiting = waiting + frames
        news += frames
    }

    /// Frames that were ready are not wanted any more.
    package mutating func didWithdraw(_ frames: Int, of client: Client) {
        guard let waiting = record(client)?.waiting else { return }
        records[client.number]?.waiting = max(waiting - frames, 0)
    }

    /// Frames have come back from a device.
    package mutating func didFinish(_ frames: Int, on device: Int) {
        guard devices.indices.contains(device) else { return }
        devices[device].inFlight = max(devices[device].inFlight - frames, 0)
        news += frames
    }

    /// What the device had in flight is gone, and no model is on it.
    package mutating func didFail(_ device: Int) {
        guard devices.indices.contains(device) else { return }
        devices[device] = Device(isAvailable: devices[device].isAvailable)
    }

    /// Whether the device may get turns. What is in flight on it is not affected.
    package mutating func setAvailable(_ isAvailable: Bool, _ device: Int) {
        guard devices.indices.contains(device) else { return }
        devices[device].isAvailable = isAvailable
    }

    package func waiting(of client: Client) -> Int { record(client)?.waiting ?? 0 }
    package func client(on device: Int) -> Client? { devices[device].client }
    package func inFlight(on device: Int) -> Int { devices[device].inFlight }

    // MARK: Decisions

    /// What to do next; asked again and again until it is nil. Nothing changes with time alone: an idle device does not wait for
    /// thresholds, and one that is busy finishes frames.
    package mutating func next(now: UInt64) -> Turn? {
        for device in devices.indices where devices[device].inFlight == 0 && devices[device].isAvailable {
            if let turn = feed(device, now) { return turn }
            // If nobody has reached his threshold, the device need not be idle.
            if let client = choose(now, heedingThresholds: true) ?? choose(now, heedingThresholds: false) {
                return begin(client, on: device, now)
            }
        }
        // One that is busy gets more; of several that have the same client, the one with the least to do.
        var inFlight = 0
        while let least = devices.lazy.map({ $0.inFlight }).filter({ $0 > inFlight }).min() {
            inFlight = least
            for offset in devices.indices {
                let device = (lastFed + 1 + offset) % devices.count
                guard devices[device].inFlight == least, devices[device].isAvailable else { continue }
                if let turn = feed(device, now) { return turn }
            }
        }
        news = 0
        return nil
    }

    /// Lets a device go on with the client that it has, as long as nobody else has to wait for more than the client's share.
    private mutating func feed(_ device: Int, _ now: UInt64) -> Turn? {
        guard let client = devices[device].client, let record = record(client), !record.traits.runsInBatches else {
            return nil
        }
        var frames = min(record.waiting, record.traits.depth - devices[device].inFlight)
        if isAnybodyWaiting(for: client, record, now) {
            frames = min(frames, record.traits.burst - devices[device].framesOfTurn)
        }
        if devices.count > 1 {
            // Another device may be idle in a moment: what has waited for long goes to this one as it needs it.
            frames = min(frames, 1)
            if frames > 0, devices[device].inFlight >= SchedulingPolicy.framesAhead {
                guard news > 0 else { return nil }
                news -= 1
            }
        }
        guard frames > 0 else { return nil }
        lastFed = device
        return send(frames, of: client, to: device, batch: devices[device].batch, .none)
    }

    /// Whether a client of the same or a higher priority is ready that no device has.
    private func isAnybodyWaiting(for client: Client, _ record: Record, _ now: UInt64) -> Bool {
        let priority = self.priority(record, now)
        return records.indices.contains { index in
            guard index != client.number, let other = records[index] else { return false }
            return self.priority(other, now) >= priority && isReady(other, now)
                && !devices.contains { $0.client?.number == index }
        }
    }

    private func isReady(_ record: Record, _ now: UInt64) -> Bool {
        guard record.waiting > 0 else { return false }
        return record.waiting >= record.settings.threshold || now &- record.lastTurn >= record.settings.timeout
    }

    /// The priority with what waiting adds to it.
    private func priority(_ record: Record, _ now: UInt64) -> Int {
        let priority = Int(record.settings.priority)
        guard ageing > 0, record.waiting > 0 else { return priority }
        let since = max(record.waitingSince, record.lastTurn)
        let steps = now > since ? (now - since) / ageing : 0
        return min(priority + Int(clamping: steps), Int(SchedulingSettings.highestPriority))
    }

    /// Whose turn it is: the highest priority first, and within one, one after the other.
    private func choose(_ now: UInt64, heedingThresholds: Bool) -> Client? {
        var chosen: (client: Client, priority: Int)?
        for round in rounds.reversed() {
            for offset in round.clients.indices {
                let client = round.clients[(round.next + offset) % round.clients.count]
                guard let record = record(client), heedingThresholds ? isReady(record, now) : record.waiting > 0 else {
                    continue
                }
                let priority = self.priority(record, now)
                if priority > chosen?.priority ?? -1 { chosen = (client, priority) }
                // Without ageing, nobody behind is ahead.
                if ageing == 0 { return chosen?.client }
            }
        }
        return chosen?.client
    }

    private mutating func begin(_ client: Client, on device: Int, _ now: UInt64) -> Turn? {
        guard let record = record(client) else { return nil }
        var frames = min(record.waiting, record.traits.burst, record.traits.depth)
        // Of several devices, each gets its share as it needs it.
        if devices.count > 1, !record.traits.runsInBatches { frames = min(frames, SchedulingPolicy.framesAhead) }
        let batch = record.traits.runsInBatches ? frames : 1
        let preparation: Turn.Preparation =
            if devices[device].client != client {
                .load(insteadOf: devices[device].client)
            } else if devices[device].batch != batch {
                .batch
            } else {
                .none
            }
        if case .load = preparation { devices[device].framesOfTurn = 0 }
        devices[device].client = client
        devices[device].batch = batch
        let priority = Int(record.settings.priority)
        if let index = rounds[priority].clients.firstIndex(of: client) {
            rounds[priority].next = (index + 1) % rounds[priority].clients.count
        }
        records[client.number]?.lastTurn = now
        lastFed = device
        return send(frames, of: client, to: device, batch: batch, preparation)
    }

    private mutating func send(
        _ frames: Int, of client: Client, to device: Int, batch: Int, _ preparation: Turn.Preparation
    ) -> Turn {
        records[client.number]?.waiting -= frames
        devices[device].inFlight += frames
        devices[device].framesOfTurn += frames
        return Turn(device: device, client: client, frames: frames, batch: batch, preparation: preparation)
    }
}
