internal import Base
internal import CPlatform
internal import Driver

/// One emulated card. All open files of the same id share it, as they would share a real card.
final class EmulatedBoard: @unchecked Sendable {
    let options: EmulatorOptions
    let lock = Lock()
    var firmware: EmulatedFirmware
    var faults: FaultCounter
    var isRemoved = false
    /// Which open file has reserved the board.
    var reservedBy: Int?
    var enabledChannels: UInt32 = 0
    var channels = [TransferChannel](repeating: TransferChannel(), count: 32)
    private var core: EmulatedCore
    /// Set when the card has stopped in the middle of its work.
    private var isStuck = false
    /// The last thing that the firmware told; every open file may read it.
    private(set) var notification: [UInt8] = []
    private var notifications: UInt32 = 0
    /// Channels whose interrupt nobody has been told of yet.
    var interrupted: UInt32 = 0
    /// Counts whatever somebody who waits for interrupts should look at.
    let wakeups = Condition()
    var wakeupCount = 0
    /// What the driver or the card would not have survived, or would have done in silence and wrongly.
    private(set) var violations: [String] = []
    private var files: [OpenFile] = []
    private var lastFile = 0
    private var listMemory: UInt64 = 0x40_0000_0000

    private init(_ options: EmulatorOptions) {
        self.options = options
        firmware = EmulatedFirmware(options)
        core = EmulatedCore(checksInputs: options.checksInputs)
        faults = FaultCounter(options.faults)
    }

    // MARK: The slots that boards sit in

    private final class Slots: @unchecked Sendable {
        let lock = Lock()
        var boards: [String: EmulatedBoard] = [:]

        init() {
            // The child of a fork() has slots of its own, all of them empty.
            platform_at_fork(
                { EmulatedBoard.slots.lock.lock() }, { EmulatedBoard.slots.lock.unlock() },
                {
                    EmulatedBoard.slots.lock.reset()
                    EmulatedBoard.slots.boards = [:]
                })
        }
    }
    private static let slots = Slots()

    /// Opens the board with these options: the one that is in use already, or a new one.
    static func open(_ options: EmulatorOptions) throws(HailoError) -> (board: EmulatedBoard, file: OpenFile) {
        try slots.lock.withLock { () throws(HailoError) in
            let board = slots.boards[options.id] ?? EmulatedBoard(options)
            switch board.faults.use("open") {
            case .failure(let number): throw DriverFailure.opening(options.id, failed: number)
            case .removal: board.isRemoved = true
            default: break
            }
            slots.boards[options.id] = board
            return board.lock.withLock {
                board.lastFile += 1
                let file = OpenFile(number: board.lastFile)
                board.files.append(file)
                return (board, file)
            }
        }
    }

    /// Closes one open file; a board that nobody has open loses its state.
    func close(_ file: OpenFile) {
        EmulatedBoard.slots.lock.withLock {
            let isLast = lock.withLock {
                if reservedBy == file.number {
                    reservedBy = nil
                    // The driver tells the firmware, which stops everything.
                    firmware.contextSwitch.shutDown()
                }
                disable(file.enabledChannels)
                runCore()
                file.isClosed = true
                file.releaseAll()
                files.removeAll { $0 === file }
                return files.isEmpty
            }
            if isLast { EmulatedBoard.slots.boards[options.id] = nil }
        }
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
                core.start(group, channels: &channels, lists: { self.list(at: $0) })
            }
        }
        guard !isStuck else { return }
        var closed: UInt32 = 0
        let interrupts = core.run(&channels) { channel in
            let effect = faults.use("transfer")
            switch effect {
            case .lostInterrupt: return .unheard
            case .closedChannel:
                closed |= 1 << UInt32(channel)
                return .stuck
            case .standstill: return .stuck
            case .runTimeError, .overheating:
                if effect == .overheating { closed = .max }
                notify(effect == .overheating ? .streamsClosed : .runTimeError)
                return .stuck
            case .removal:
                isRemoved = true
                return .stuck
            default: return .done
            }
        }
        isStuck = interrupts == nil
        for channel in channels.indices where closed & (1 << UInt32(channel)) != 0 { channels[channel].shut() }
        if isStuck || interrupts != 0 {
            interrupted |= (interrupts ?? 0) | closed
            wakeWaiters()
        }
    }

    private func notify(_ event: EmulatedNotification) {
        notifications += 1
        notification = event.bytes(sequence: notifications)
        for file in files { file.unreadNotifications += 1 }
    }

    func disable(_ bitmap: UInt32) {
        enabledChannels &= ~bitmap
        interrupted &= ~bitmap
        for channel in channels.indices where bitmap & (1 << UInt32(channel)) != 0 { channels[channel].forget() }
        wakeWaiters()
    }

    func wakeWaiters() {
        wakeups.withLock {
            wakeupCount += 1
            wakeups.notifyAll()
        }
    }

    /// Blocks the calling thread until `isReady`, which is asked under the lock.
    func waitForWakeup(_ isReady: () -> Bool) {
        while true {
            let seen = wakeups.withLock { wakeupCount }
            if lock.withLock(isReady) { return }
            wakeups.withLock { while wakeupCount == seen { wakeups.wait() } }
        }
    }

    // MARK: What is where

    func violate(_ what: String) {
        violations.append(what)
        Log.warning("\(options.id): \(what)")
    }

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

    func isInUse(_ buffer: MappedBuffer) -> Bool {
        let active = firmware.contextSwitch.activeLists
        guard !active.isEmpty else { return false }
        return files.contains { file in
            file.lists.values.contains { list in
                active.contains(list.address) && list.descriptors.contains { $0.buffer === buffer }
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
