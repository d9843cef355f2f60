internal import HailoBase
internal import HailoFirmware

/// The network groups that the firmware knows. It numbers them as they come, at most 32, and forgets them all at once.
final class Applications: @unchecked Sendable {
    /// Stands for one network group; the firmware's number for it may change.
    final class Entry: @unchecked Sendable {
        let name: String
        fileprivate let messages: [ControlRequest]
        fileprivate var index: UInt8 = 0

        fileprivate init(_ name: String, _ messages: [ControlRequest]) {
            self.name = name
            self.messages = messages
        }
    }

    private static let maximum = 32

    private let controls: ControlChannel
    private let lock = Lock()
    private var entries: [Entry] = []
    /// How many the firmware has, with those that nobody needs any more.
    private var known = 0
    /// Set when a message failed, so that what the firmware knows is uncertain.
    private var isUncertain = false
    /// Set when the firmware has forgotten all groups, and perhaps has those of another process.
    private var isForgotten = false
    private var active: Entry?
    /// Groups that take turns, beside which none is activated by hand.
    private var turnTakers = 0

    init(_ controls: ControlChannel) {
        self.controls = controls
    }

    /// Tells the firmware about a network group.
    func add(_ name: String, _ messages: [ControlRequest]) throws(HailoError) -> Entry {
        try lock.withLock { () throws(HailoError) in
            if let active {
                throw HailoError(
                    .invalidOperation,
                    "group \"\(active.name)\" is active; deactivate it before another group is configured")
            }
            guard entries.count < Applications.maximum else {
                throw HailoError(
                    .modelTooLarge, "the device holds \(Applications.maximum) network groups; release one first")
            }
            if entries.isEmpty || isUncertain || known >= Applications.maximum { try rebuild() }
            let entry = Entry(name, messages)
            do throws(HailoError) {
                try send(entry)
            } catch {
                // Part of the group may have arrived. The others go on without it.
                isUncertain = true
                try? rebuild()
                throw error
            }
            entries.append(entry)
            return entry
        }
    }

    /// Makes the firmware forget everything and tells it about the living groups again.
    private func rebuild() throws(HailoError) {
        isUncertain = true
        _ = try controls.send(.resetContextSwitch)
        _ = try controls.send(.clearConfiguredApplications)
        known = 0
        isForgotten = false
        for entry in entries { try send(entry) }
        isUncertain = false
    }

    /// The device was given up: its firmware forgets all groups. They are told to it again when one of them runs.
    func forget() {
        lock.withLock { (isUncertain, isForgotten) = (true, true) }
    }

    private func send(_ entry: Entry) throws(HailoError) {
        entry.index = UInt8(known)
        known += 1
        // Firmware that was not asked for its constants after it forgot everything falls silent.
        _ = try controls.send(HardwareConstants.request)
        for message in entry.messages { _ = try controls.send(message) }
    }

    /// Forgets a group. When it was the last one, the firmware forgets all.
    func remove(_ entry: Entry, _ teardown: inout Teardown) {
        lock.withLock {
            entries.removeAll { $0 === entry }
            // What the firmware has now is perhaps another process's.
            guard entries.isEmpty, !isForgotten else { return }
            teardown.step { () throws(HailoError) in try rebuild() }
        }
    }

    /// Makes a group the active one; the firmware is told by `enable`. What is refused here has had no effect.
    func begin(_ entry: Entry) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            if let active {
                throw HailoError(
                    .invalidOperation,
                    active === entry
                        ? "group \"\(entry.name)\" is active already"
                        : "group \"\(active.name)\" is active; deactivate it first, one group runs at a time")
            }
            guard turnTakers == 0 else {
                throw HailoError(
                    .invalidOperation,
                    "group \"\(entry.name)\" cannot be activated by hand: other sessions of the device are scheduled. Create this one "
                        + "as a scheduled session too")
            }
            if isUncertain { try rebuild() }
            active = entry
        }
    }

    /// A group takes turns from now on.
    func beginTurns() throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            if let active, turnTakers == 0 {
                throw HailoError(
                    .invalidOperation,
                    "group \"\(active.name)\" was activated by hand; deactivate it before others take turns")
            }
            turnTakers += 1
        }
    }

    func endTurns() { lock.withLock { turnTakers -= 1 } }

    /// Lets a group run, in place of another one if there is one, without stopping the firmware in between. The one before must
    /// have nothing in flight. Whether this succeeds or not, `reset` ends it.
    func load(_ entry: Entry, batchSize: UInt16) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            if active == nil, isUncertain { try rebuild() }
            active = entry
            _ = try controls.send(.enable(application: entry.index, batchSize: batchSize, batchCount: 0))
        }
    }

    /// Takes `begin` back. The firmware has not been told.
    func cancel() { lock.withLock { active = nil } }

    /// Tells the firmware to let the active group run. Whether this succeeds or not, `reset` ends it.
    func enable(_ entry: Entry, batchSize: UInt16) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            _ = try controls.send(.enable(application: entry.index, batchSize: batchSize, batchCount: 0))
        }
    }

    /// Stops the active group. Returns whether the firmware confirmed it.
    @discardableResult
    func reset(_ teardown: inout Teardown) -> Bool {
        lock.withLock {
            active = nil
            let isReset = teardown.step { () throws(HailoError) in _ = try controls.send(.resetContextSwitch) }
            if !isReset { isUncertain = true }
            return isReset
        }
    }
}
