internal import HailoBase
internal import CHailoPlatform
internal import HailoKernelABI

/// One emulated card. All open files of the same id share it, as they would share a real card.
final class EmulatedBoard: @unchecked Sendable {
    let options: EmulatorOptions
    let driver: DriverInterface
    /// nil unless processes share the card.
    private let card: SharedCard?
    /// Everything here is used under this lock.
    let lock = Lock()
    var firmware: EmulatedFirmware
    var faults: FaultCounter
    var isRemoved = false
    /// Which open file has reserved the board.
    var reservedBy: Int?
    var enabledChannels: UInt32 = 0
    var channels = [TransferChannel](repeating: TransferChannel(), count: 32)
    private var core: EmulatedCore
    /// False once the process had no memory for the frames of a network group.
    private var hasMemoryForFrames = true
    /// Set when the card has stopped in the middle of its work.
    private var isStuck = false
    /// The last thing that the firmware told; every open file may read it.
    private(set) var notification: [UInt8] = []
    private var notifications: UInt32 = 0
    /// Channels whose interrupt nobody has been told of yet.
    var interrupted: UInt32 = 0
    /// Interrupts that come later than they should.
    private var lateInterrupts: [(moment: UInt64, channels: UInt32)] = []
    private let wakeups = Wakeups()
    private(set) var findings = Findings()
    private var files: [OpenFile] = []
    private var lastFile = 0
    private var listMemory: UInt64 = 0x40_0000_0000

    private init(_ options: EmulatorOptions, _ core: EmulatedCore, _ card: SharedCard?) {
        self.options = options
        self.card = card
        driver = options.driver
        firmware = EmulatedFirmware(options)
        self.core = core
        faults = FaultCounter(options.faults, seed: options.seed)
    }

    static func make(_ options: EmulatorOptions) throws(OpeningFailure) -> EmulatedBoard {
        let card: SharedCard? = if let name = options.sharedName { try SharedCard(name) } else { nil }
        do throws(HailoError) {
            return EmulatedBoard(options, try EmulatedCore(options), card)
        } catch {
            throw OpeningFailure(number: Int(ENOMEM))
        }
    }

    // MARK: Files

    func addFile() throws(OpeningFailure) -> OpenFile {
        let sharedFile = card?.openFile() ?? -1
        if card != nil, sharedFile < 0 { throw OpeningFailure(number: -Int(sharedFile)) }
        lastFile += 1
        let file = OpenFile(number: lastFile, sharedFile: sharedFile)
        files.append(file)
        return file
    }

    var isUnused: Bool { lock.withLock { files.isEmpty } }

    // MARK: Who has the card

    var sharedPath: String { card?.path ?? "" }

    /// Reserves the card for an open file. Returns false if another one has it.
    func reserve(_ file: OpenFile) -> Bool {
        if reservedBy == nil, card?.reserve(file.sharedFile) ?? true { reservedBy = file.number }
        return reservedBy == file.number
    }

    func setWaiting(_ isWaiting: Bool, _ file: OpenFile) {
        file.isWaiting = isWaiting
        card?.setWaiting(isWaiting, file.sharedFile)
    }

    func isAwaited(_ file: OpenFile) -> Bool {
        files.contains { $0 !== file && $0.isWaiting } || card?.isAwaited(file.sharedFile) ?? false
    }

    /// Notices what other processes have done to the firmware.
    func noticeOthers() {
        guard let card, card.isOthers, firmware.contextSwitch.applicationCount > 0 else { return }
        if firmware.contextSwitch.isRunning {
            violate("another process has given the firmware groups of its own while one of this process ran")
        }
        firmware.contextSwitch.shutDown()
        runCore()
    }

    /// The firmware gets groups of this process, and forgets those of others.
    func claimFirmware() { card?.claim() }

    /// Enables channels for a file. Returns false if another process has one of them.
    func enable(_ channels: UInt32, _ file: OpenFile) -> Bool {
        guard card?.enable(channels, file.sharedFile) ?? true else { return false }
        enabledChannels |= channels
        file.enabledChannels |= channels
        return true
    }

    /// In the child of a fork().
    func closeSharedFiles() { for file in files { file.closeSharedFile() } }

    /// Returns whether nobody has the board open any more.
    func close(_ file: OpenFile) -> Bool {
        var disabled = file.enabledChannels
        if !driver.disablesNamedChannelsOnly { disabled = reservedBy == file.number ? .max : 0 }
        if reservedBy == file.number {
            reservedBy = nil
            // The driver tells the firmware, which stops everything.
            firmware.contextSwitch.shutDown()
        }
        disable(disabled)
        runCore()
        file.isClosed = true
        file.releaseAll()
        files.removeAll { $0 === file }
        return files.isEmpty
    }

    /// Takes the card out of the machine.
    func remove() {
        isRemoved = true
        wake()
    }

    /// Whether a control could not be done because the process has too little memory.
    func takeLackOfMemory() -> Bool {
        defer { hasMemoryForFrames = true }
        return firmware.contextSwitch.takeLackOfMemory() || !hasMemoryForFrames
    }

    // MARK: Transfers

    /// Lets the chip do what it can do now.
    func runCore() {
        if let change = firmware.contextSwitch.takeChange() {
            switch change {
            case .stop:
                core.stop(&channels)
                isStuck = false
            case .start(let group):
                hasMemoryForFrames = core.start(group, channels: &channels, lists: { self.list(at: $0) })
            case .batch(let size):
                core.change(batch: size)
            }
        }
        var interrupts = takeLateInterrupts()
        if !isStuck {
            var closed: UInt32 = 0
            let finished = core.run(&channels) { channel in finish(channel, &closed) }
            isStuck = finished == nil
            for channel in channels.indices where closed & (1 << UInt32(channel)) != 0 { channels[channel].shut() }
            interrupts |= (finished ?? 0) | closed
            if core.takeUnprogrammed() {
                violate(
                    "the card came to a descriptor that points to no memory, or to memory that was unmapped; it would have "
                        + "read or written anywhere")
            }
        }
        if isStuck || interrupts != 0 {
            for channel in channels.indices where interrupts & (1 << UInt32(channel)) != 0 {
                channels[channel].timestamps.add(processed: channels[channel].hardwareProcessed)
            }
            interrupted |= interrupts
            wake()
        }
    }

    /// What happens at the end of a transfer.
    private func finish(_ channel: Int, _ closed: inout UInt32) -> EmulatedCore.Outcome {
        let due = faults.use("transfer")
        for event in due.notifications { notify(event) }
        switch due.effect {
        case .lostInterrupt: return .unheard
        case .closedChannel:
            closed |= 1 << UInt32(channel)
            return .stuck
        case .standstill: return .stuck
        case .runTimeError, .overheating:
            if due.effect == .overheating { closed = .max }
            notify(due.effect == .overheating ? .streamsClosed : .runTimeError)
            return .stuck
        case .removal:
            isRemoved = true
            return .stuck
        default: break
        }
        guard due.delay > 0 else { return .done }
        lateInterrupts.append((Clock.now + due.delay, 1 << UInt32(channel)))
        return .unheard
    }

    private func takeLateInterrupts() -> UInt32 {
        guard !lateInterrupts.isEmpty else { return 0 }
        let now = Clock.now
        var channels: UInt32 = 0
        for late in lateInterrupts where late.moment <= now { channels |= late.channels }
        lateInterrupts.removeAll { $0.moment <= now }
        return channels
    }

    /// When something goes on without anybody's doing.
    private var nextMoment: UInt64 {
        lateInterrupts.reduce(isStuck ? .max : core.nextMoment ?? .max) { min($0, $1.moment) }
    }

    func notify(_ event: EmulatedNotification) {
        notifications += 1
        notification = event.bytes(sequence: notifications, options.firmware)
        for file in files { file.unreadNotifications += 1 }
        wake()
    }

    func disable(_ bitmap: UInt32) {
        enabledChannels &= ~bitmap
        if let card { for file in files { card.disable(bitmap & file.enabledChannels, file.sharedFile) } }
        if !driver.disablesNamedChannelsOnly {
            // The driver means to forget the named ones, and forgets all.
            if channels.indices.contains(where: { bitmap & (1 << UInt32($0)) == 0 && !channels[$0].transfers.isEmpty })
            {
                violate(
                    "channels \(bitmap.hexadecimal) are disabled while others have transfers in flight, which are lost")
            }
            for channel in channels.indices { channels[channel].forget() }
        }
        interrupted &= ~bitmap
        for index in lateInterrupts.indices { lateInterrupts[index].channels &= ~bitmap }
        for channel in channels.indices where bitmap & (1 << UInt32(channel)) != 0 { channels[channel].forget() }
        wake()
    }

    // MARK: Waiting

    func wake() { wakeups.count() }

    /// Blocks the calling thread, without the lock, until `isReady`, which is asked under the lock. False if a signal
    /// comes before.
    func wait(until isReady: () -> Bool) -> Bool {
        while true {
            var seen: UInt32 = 0
            var pause: UInt64 = .max
            let isDone = lock.withLock {
                if nextMoment <= Clock.now { runCore() }
                if isReady() { return true }
                seen = wakeups.begin()
                let next = nextMoment
                if next != .max { pause = next &- min(Clock.now, next) }
                return false
            }
            if isDone { return true }
            let wasInterrupted = wakeups.wait(seen, nanoseconds: pause)
            lock.withLock { wakeups.end() }
            if wasInterrupted { return false }
        }
    }

    // MARK: What is noticed

    func violate(_ what: String) {
        findings.add(Finding(kind: .violation, text: what))
        Log.warning("\(options.id): \(what)")
    }

    /// Notes why a call is refused; returns what the driver answers.
    func refuse(_ number: Int32, _ why: String) -> Int {
        note(refusal: why)
        return -Int(number)
    }

    func note(refusal: String) {
        findings.add(Finding(kind: .refusal, text: refusal))
        Log.info("\(options.id): refused: \(refusal)")
    }

    // MARK: What is where

    /// Where the card finds a new list. Lists begin at 64 KiB.
    func nextListAddress(descriptors: Int) -> UInt64 {
        let alignment: UInt64 = 0x10000
        let address = listMemory
        listMemory += (UInt64(descriptors) * 16 + alignment - 1) / alignment * alignment
        return address
    }

    func list(at address: UInt64) -> DescriptorList? {
        for file in files {
            for list in file.lists.values where list.address == address { return list }
        }
        return nil
    }

    /// Whether the network group that runs was told of a list.
    func isInUse(_ list: DescriptorList) -> Bool { firmware.contextSwitch.activeLists.contains(list.address) }

    /// Whether a transfer that is in flight uses a buffer, or the running network group by itself. Descriptors of transfers
    /// that have ended may go on pointing to it.
    func isInUse(_ buffer: MappedBuffer) -> Bool {
        if channels.contains(where: { $0.isInFlight(buffer) }) { return true }
        let active = firmware.contextSwitch.activeLists
        guard !active.isEmpty else { return false }
        return files.contains { file in
            file.lists.values.contains { list in
                active.contains(list.address) && !channels.contains { $0.carriesTransfers(of: list) }
                    && list.descriptors.contains { $0.buffer === buffer }
            }
        }
    }

    var books: EmulatedDriver.Books {
        EmulatedDriver.Books(
            buffers: files.reduce(0) { $0 + $1.buffers.count }, lists: files.reduce(0) { $0 + $1.lists.count },
            allocations: files.reduce(0) { $0 + $1.allocations.count }, channels: enabledChannels,
            applications: firmware.contextSwitch.applicationCount, isRunning: firmware.contextSwitch.isRunning)
    }
}
