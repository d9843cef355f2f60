package import HailoBase
package import HailoFormats
package import HailoKernelABI

/// The buffers, descriptor lists and channels of one open device.
///
/// The driver trusts its callers in many places; a wrong call can stop the machine. So this is the only way to those
/// requests, and it refuses with an error what the driver would not survive. docs/driver-faults.md lists what that is.
package final class DMA: @unchecked Sendable {
    private let driver: any Driver
    private let interface: DriverInterface
    private let lock = Lock()
    private var ledger = DMALedger()

    package init(_ driver: any Driver, _ interface: DriverInterface) {
        self.driver = driver
        self.interface = interface
    }

    /// How many transfers of a channel may be in flight: the driver keeps 128, and one place stays free.
    package static let maximumTransfers = 127

    /// What exists at the moment.
    package struct Books: Equatable, Sendable {
        package var buffers = 0
        package var lists = 0
        package var channels: UInt32 = 0

        package init(buffers: Int = 0, lists: Int = 0, channels: UInt32 = 0) {
            self.buffers = buffers
            self.lists = lists
            self.channels = channels
        }
    }

    package var books: Books { lock.withLock { ledger.books } }

    // MARK: Buffers

    package struct Buffer: Equatable, Sendable {
        let handle: UInt64
    }

    /// Makes memory known to the device. It is kept until it is unmapped, or the device is closed. `direction` is nil for
    /// memory that the device both reads and writes.
    package func map(_ memory: DMAMemory, _ direction: Direction?) throws(HailoError) -> Buffer {
        try lock.withLock { () throws(HailoError) in
            let handle = try perform(
                MapBuffer(memory.reference, size: memory.bytes.count, direction: direction),
                "mapping a buffer of \(counted(memory.bytes.count, "byte"))")
            ledger.add(buffer: handle, memory, direction)
            return Buffer(handle: handle)
        }
    }

    /// Ends the device's use of a buffer. Refused while a transfer or the firmware may use it.
    package func unmap(_ buffer: Buffer) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try ledger.checkUnmap(buffer.handle)
            try perform(UnmapBuffer(handle: buffer.handle), "unmapping a buffer")
            ledger.remove(buffer: buffer.handle)
        }
    }

    /// Hands a part of a buffer over, to the device or back to the program.
    package func synchronize(
        _ buffer: Buffer, forDevice: Bool, offset: Int, count: Int
    ) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try ledger.checkRange(of: buffer.handle, offset: offset, count: count)
            try perform(
                SynchronizeBuffer(handle: buffer.handle, forDevice: forDevice, offset: offset, count: count),
                "handing a buffer over")
        }
    }

    // MARK: Descriptor lists

    package struct List: Equatable, Sendable {
        let handle: UInt64
        /// Where the chip finds the list.
        package let address: UInt64
    }

    package func createList(count: UInt32, pageSize: UInt16, isCircular: Bool) throws(HailoError) -> List {
        try lock.withLock { () throws(HailoError) in
            try DMALedger.checkList(count: count, pageSize: pageSize, isCircular: isCircular)
            let list = try perform(
                CreateList(count: count, pageSize: pageSize, isCircular: isCircular),
                "creating a list of \(count) descriptors")
            ledger.add(list: list.handle, count: count, pageSize: pageSize, isCircular: isCircular)
            return List(handle: list.handle, address: list.address)
        }
    }

    /// Destroys a list. Refused while a transfer or the firmware may use it.
    package func release(_ list: List) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try ledger.checkRelease(list.handle)
            try perform(ReleaseList(handle: list.handle), "releasing a descriptor list")
            ledger.remove(list: list.handle)
        }
    }

    /// Points a list's descriptors at a buffer, or marks where a transfer through it ends.
    package func program(_ list: List, with buffer: Buffer, _ program: ListProgram) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            guard program.stride == 0 || interface.canStride else {
                throw HailoError(.invalidOperation, "this driver has no strides for descriptor lists")
            }
            let (descriptors, pageSize) = try ledger.checkProgram(list.handle, buffer.handle, program)
            ledger.willProgram(list.handle, buffer.handle)
            let answer = try perform(
                ProgramList(list: list.handle, pageSize: pageSize, buffer: buffer.handle, program),
                "programming a descriptor list")
            guard answer == descriptors else {
                throw HailoError(
                    .driverFailure,
                    "\(driver.name): the driver programmed \(counted(answer, "descriptor")) instead of \(descriptors)")
            }
            ledger.didProgram(list.handle, buffer.handle, program, descriptors)
        }
    }

    /// Says that the firmware may use lists, and the buffers that they point to, from now on.
    package func beginUse(of lists: [List]) {
        lock.withLock { for list in lists { ledger.beginUse(of: list.handle) } }
    }

    package func endUse(of lists: [List]) {
        lock.withLock { for list in lists { ledger.endUse(of: list.handle) } }
    }

    // MARK: Channels

    /// Prepares channels for their first use. A transfer that another program started on a channel without enabling it
    /// leaves a descriptor list behind there that makes ours fail; disabling the channel removes it. The channels are
    /// enabled first: the driver then refuses channels that another program uses, where it would stop them without a word,
    /// and has nothing to complain about in the kernel's log. Once for each channel is enough, as long as nobody else may
    /// use the device.
    package func heal(channels: UInt32) throws(HailoError) {
        let (unhealed, enabled) = lock.withLock { (channels & ~ledger.healed, channels & ledger.books.channels) }
        // Those that could not be disabled when they should have been.
        if enabled != 0 { try disable(channels: enabled) }
        guard unhealed & ~enabled != 0 else { return }
        try enable(channels: unhealed & ~enabled)
        do throws(HailoError) {
            try disable(channels: unhealed & ~enabled)
        } catch {
            // A signal may have come in between; enabled channels are in the way of everybody.
            try disable(channels: unhealed & ~enabled)
        }
    }

    package func enable(channels: UInt32, timestamps: Bool = false) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            let what = "enabling channels \(channels.hexadecimal)"
            do throws(HailoError) {
                try perform(EnableChannels(channels, timestamps: timestamps), what)
            } catch {
                // Of channels that exist, the driver refuses only those that are enabled.
                guard error.status == .driverFailure else { throw error }
                throw HailoError(
                    .busy,
                    "\(driver.name): \(what) was refused: another program is running frames through them. Stop it first",
                    cause: error.cause)
            }
            ledger.didEnable(channels)
        }
    }

    /// Stops channels. Transfers in flight are forgotten.
    package func disable(channels: UInt32) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            if !interface.disablesNamedChannelsOnly { try ledger.checkDisable(channels) }
            try perform(DisableChannels(channels), "disabling channels \(channels.hexadecimal)")
            ledger.didDisable(channels, forgettingAll: !interface.disablesNamedChannelsOnly)
        }
    }

    // MARK: Transfers

    /// Where the memory of a transfer lies in its buffer.
    package enum Origin: Equatable, Sendable {
        /// In a ring as long as the list, where the channel is.
        case ring
        /// In such a ring at another place; it may go on at the ring's start.
        case ringOffset(Int)
        /// In any buffer.
        case offset(Int)
    }

    /// Starts a transfer from the channel's position on. The host is told of its end.
    package func launch(
        channel: UInt8, _ list: List, of buffer: Buffer, from origin: Origin = .ring, size: Int
    ) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            let launch = try ledger.checkLaunch(channel, list.handle, buffer.handle, from: origin, size)
            let answer = try perform(
                LaunchTransfer(
                    channel: channel, list: list.handle, start: launch.start, binds: launch.binds,
                    first: launch.first, second: launch.second),
                "starting a transfer of \(counted(size, "byte"))")
            ledger.didLaunch(channel, list.handle, buffer.handle, launch)
            guard answer == launch.descriptors else {
                ledger.didBreak(channel)
                throw HailoError(
                    .driverFailure,
                    "\(driver.name): the driver started \(counted(answer, "descriptor")) instead of \(launch.descriptors)"
                )
            }
        }
    }

    /// Waits until one of the channels has news, or is disabled: then there may be none.
    package func waitForInterrupts(
        channels: UInt32, _ body: (_ channel: UInt8, _ progress: ChannelProgress) -> Void
    ) throws(HailoError) {
        // The lock is not held: this blocks, and others go on starting transfers.
        var news = try perform(WaitForInterrupts(channels), "waiting for transfers")
        news.forEach { channel, progress in
            if case .finished(let transfers) = progress {
                lock.withLock { ledger.didFinish(channel, transfers) }
                body(channel, progress)
            } else {
                // The caller learns the reason first, so that no refused transfer is reported before it.
                body(channel, progress)
                lock.withLock { ledger.didBreak(channel) }
            }
        }
    }

    @discardableResult
    private func perform<Request: DriverRequest>(
        _ request: Request, _ what: @autoclosure () -> String
    ) throws(HailoError) -> Request.Answer {
        try request.perform(on: driver, interface) { "\(what()) (\(Request.name))" }
    }
}
