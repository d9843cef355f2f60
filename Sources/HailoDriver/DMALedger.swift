internal import HailoBase
internal import HailoFormats
internal import HailoKernelABI

/// What exists on one open device, and the rules that keep the driver out of trouble.
struct DMALedger {
    private struct Buffer {
        /// Kept: while the device may reach it, it must not be given back.
        let memory: DMAMemory
        /// nil if the device may read and write it.
        let direction: Direction?
    }

    private struct List {
        let count: Int
        let pageSize: Int
        let isCircular: Bool
        /// The buffers that descriptors point to.
        var buffers: Set<UInt64> = []
        /// The buffer that all descriptors go through from its start on.
        var ring: UInt64?
        /// Buffers of transfers that were forgotten while the card may still have worked on them.
        var abandoned: Set<UInt64> = []
        /// How often the firmware was told to use it.
        var uses = 0
    }

    private struct Channel {
        /// Set by the first transfer; the driver keeps to it until the channel is disabled.
        var list: UInt64?
        var position = 0
        var transfers = OngoingTransfers()
        var isBroken = false
    }

    private var buffers: [UInt64: Buffer] = [:]
    private var lists: [UInt64: List] = [:]
    private var channels = [Channel](repeating: Channel(), count: 32)
    private var enabled: UInt32 = 0
    /// The channels that were disabled at least once.
    private(set) var healed: UInt32 = 0

    private static let maximumDescriptors: UInt32 = 65536
    private static let pageSizes: ClosedRange<UInt16> = 64...4096

    var books: DMA.Books { DMA.Books(buffers: buffers.count, lists: lists.count, channels: enabled) }

    private static func misuse(_ what: String) -> HailoError { HailoError(.invalidOperation, what) }

    // MARK: Buffers

    mutating func add(buffer: UInt64, _ memory: DMAMemory, _ direction: Direction?) {
        buffers[buffer] = Buffer(memory: memory, direction: direction)
    }
    mutating func remove(buffer: UInt64) {
        buffers[buffer] = nil
        for handle in lists.keys { lists[handle]?.buffers.remove(buffer) }
    }

    private func buffer(_ handle: UInt64) throws(HailoError) -> Buffer {
        guard let buffer = buffers[handle] else { throw DMALedger.misuse("the DMA buffer is not mapped") }
        return buffer
    }

    /// The driver unmaps a buffer that transfers use, and the card goes on writing to its pages.
    func checkUnmap(_ handle: UInt64) throws(HailoError) {
        _ = try buffer(handle)
        let isUsed = lists.contains { key, list in
            list.buffers.contains(handle) && (list.uses > 0 || isMoving(key)) || list.abandoned.contains(handle)
        }
        guard !isUsed, !channels.contains(where: { $0.transfers.contain(handle) }) else {
            throw DMALedger.misuse("the DMA buffer is in use; deactivate the network group first")
        }
    }

    func checkRange(of handle: UInt64, offset: Int, count: Int) throws(HailoError) {
        let size = try buffer(handle).memory.bytes.count
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw DMALedger.misuse("bytes \(offset) + \(count) are beyond a DMA buffer of \(size) bytes")
        }
    }

    // MARK: Lists

    /// The driver creates lists of 0 descriptors and with pages of 0 bytes, and fails badly when they are used.
    static func checkList(count: UInt32, pageSize: UInt16, isCircular: Bool) throws(HailoError) {
        guard (2...maximumDescriptors).contains(count), !isCircular || count & (count - 1) == 0 else {
            throw misuse(
                "a descriptor list has 2 to \(maximumDescriptors) descriptors, a circular one a power of two; not \(count)"
            )
        }
        guard pageSizes.contains(pageSize), pageSize & (pageSize - 1) == 0 else {
            throw misuse("a descriptor page has a power of two from 64 to 4096 bytes, not \(pageSize)")
        }
    }

    mutating func add(list: UInt64, count: UInt32, pageSize: UInt16, isCircular: Bool) {
        lists[list] = List(count: Int(count), pageSize: Int(pageSize), isCircular: isCircular)
    }
    mutating func remove(list: UInt64) { lists[list] = nil }

    private func list(_ handle: UInt64) throws(HailoError) -> List {
        guard let list = lists[handle] else { throw DMALedger.misuse("the descriptor list was released") }
        return list
    }

    /// The driver frees a list that transfers use, and writes to it later.
    func checkRelease(_ handle: UInt64) throws(HailoError) {
        guard try list(handle).uses == 0, !isMoving(handle) else {
            throw DMALedger.misuse("the descriptor list is in use; deactivate the network group first")
        }
    }

    /// How many descriptors a program takes, if it fits its list and its buffer, and the size of the list's pages.
    func checkProgram(
        _ list: UInt64, _ buffer: UInt64, _ program: ListProgram
    ) throws(HailoError) -> (descriptors: Int, pageSize: Int) {
        let list = try self.list(list)
        guard list.uses == 0 else {
            throw DMALedger.misuse("the descriptor list is in use; it cannot be programmed meanwhile")
        }
        try checkRange(of: buffer, offset: program.offset, count: program.size)
        let perTransfer = (program.size + list.pageSize - 1) / list.pageSize
        let (descriptors, overflows) = perTransfer.multipliedReportingOverflow(by: Int(program.batch))
        let start = Int(program.firstDescriptor)
        let room = list.isCircular ? list.count : list.count - start
        guard program.size > 0, program.batch > 0, !overflows, start < list.count, descriptors <= room else {
            throw DMALedger.misuse(
                "\(program.batch) times \(program.size) bytes from descriptor \(start) on do not fit a list of \(list.count) "
                    + "descriptors")
        }
        if program.binds {
            let isWholePages = program.stride == 0 || Int(program.stride) % list.pageSize == 0
            guard program.offset % list.pageSize == 0,
                isWholePages || Int(program.stride) < list.pageSize && program.size % list.pageSize == 0
            else {
                throw DMALedger.misuse(
                    "offset \(program.offset), size \(program.size) and stride \(program.stride) do not fit pages of "
                        + "\(list.pageSize) bytes")
            }
            try checkRange(
                of: buffer, offset: program.offset,
                count: descriptors == 0 ? 0 : (descriptors - perTransfer) * list.pageSize + program.size)
        }
        return (descriptors, list.pageSize)
    }

    /// Even a program that fails may have touched some descriptors.
    mutating func willProgram(_ list: UInt64, _ buffer: UInt64) {
        lists[list]?.buffers.insert(buffer)
        lists[list]?.ring = nil
    }

    mutating func didProgram(_ handle: UInt64, _ buffer: UInt64, _ program: ListProgram, _ descriptors: Int) {
        guard let list = lists[handle], program.binds, program.firstDescriptor == 0, program.offset == 0,
            descriptors == list.count, program.batch == 1, program.stride == 0
        else { return }
        lists[handle]?.ring = buffer
    }

    mutating func beginUse(of list: UInt64) { lists[list]?.uses += 1 }
    mutating func endUse(of list: UInt64) {
        guard let uses = lists[list]?.uses, uses > 0 else { return }
        lists[list]?.uses = uses - 1
        if uses == 1 { lists[list]?.abandoned = [] }
    }

    // MARK: Channels

    mutating func didEnable(_ bitmap: UInt32) { enabled |= bitmap }

    /// For drivers that forget the transfers of all channels when they disable some.
    func checkDisable(_ bitmap: UInt32) throws(HailoError) {
        let isMoving = channels.indices.contains {
            bitmap & (1 << UInt32($0)) == 0 && channels[$0].transfers.count > 0
        }
        guard !isMoving else {
            throw DMALedger.misuse(
                "other channels have transfers in flight, which this driver would forget; stop them first")
        }
    }

    mutating func didDisable(_ bitmap: UInt32, forgettingAll: Bool) {
        enabled &= ~bitmap
        healed |= bitmap
        for index in channels.indices where forgettingAll || bitmap & (1 << UInt32(index)) != 0 { forget(index) }
    }

    /// The driver forgets transfers, but until the firmware has stopped the card may go on with them.
    private mutating func forget(_ index: Int) {
        let channel = channels[index]
        channels[index] = Channel()
        guard let list = channel.list, lists[list]?.uses ?? 0 > 0 else { return }
        channel.transfers.forEach { lists[list]?.abandoned.insert($0) }
    }

    // MARK: Transfers

    struct Launch {
        let start: Int
        let descriptors: Int
        /// Whether the descriptors have to be pointed at the memory; those of a ring are already.
        let binds: Bool
        let first: TransferPiece
        /// What lies behind the end of a ring.
        let second: TransferPiece?
    }

    /// The driver starts transfers that do not fit, counts on from what it was told, and spoils the channel that way. So
    /// a transfer has to start where the channel is, on an enabled channel, and to stay within its buffer, or within a ring as
    /// long as the list.
    func checkLaunch(
        _ channel: UInt8, _ handle: UInt64, _ buffer: UInt64, from origin: DMA.Origin, _ size: Int
    ) throws(HailoError) -> Launch {
        guard Int(channel) < channels.count, enabled & (1 << UInt32(channel)) != 0 else {
            throw DMALedger.misuse("channel \(channel) is not enabled; activate the network group first")
        }
        let list = try list(handle)
        let isOurs = (channels[Int(channel)].list ?? handle) == handle
        guard !channels[Int(channel)].isBroken, isOurs else {
            throw DMALedger.misuse(
                "channel \(channel) failed before or uses another list; activate the network group again")
        }
        let mapped = try self.buffer(buffer)
        let memory = mapped.memory
        // Drivers up to 4.20 do not look, and the card would write to memory that was mapped for reading.
        guard mapped.direction.map({ ($0 == .input) == (channel < 16) }) ?? true else {
            throw DMALedger.misuse("the DMA buffer was mapped for the other direction than channel \(channel) has")
        }
        let transfers = channels[Int(channel)].transfers
        let descriptors = size > 0 ? (size - 1) / list.pageSize + 1 : 0
        guard size > 0, transfers.hasRoom, descriptors <= list.count - 1 - transfers.descriptors else {
            throw DMALedger.misuse(
                "a transfer of \(size) bytes does not fit with the \(transfers.count) that are in flight")
        }
        let position = channels[Int(channel)].position
        guard list.isCircular else { throw DMALedger.misuse("transfers need a circular descriptor list") }
        let ringSize = list.count * list.pageSize
        let start: Int
        switch origin {
        case .offset(let offset):
            try checkRange(of: buffer, offset: offset, count: size)
            start = offset
        case .ring, .ringOffset:
            guard memory.bytes.count == ringSize else {
                throw DMALedger.misuse("the buffer does not form a ring for this descriptor list")
            }
            start = if case .ringOffset(let offset) = origin { offset } else { position * list.pageSize }
            try checkRange(of: buffer, offset: start, count: 1)
        }
        guard start % list.pageSize == 0 else {
            throw DMALedger.misuse("a transfer at byte \(start) does not begin at a page of \(list.pageSize) bytes")
        }
        // What lies behind the end of a ring is at its start.
        let rest = max(size - (memory.bytes.count - start), 0)
        return Launch(
            start: position, descriptors: descriptors, binds: origin != .ring || list.ring != buffer,
            first: TransferPiece(memory.reference, mapping: buffer, offset: start, size: size - rest),
            second: rest > 0 ? TransferPiece(memory.reference, mapping: buffer, offset: 0, size: rest) : nil)
    }

    mutating func didLaunch(_ channel: UInt8, _ list: UInt64, _ buffer: UInt64, _ launch: Launch) {
        let count = lists[list]?.count ?? 1
        if launch.binds { lists[list]?.ring = nil }
        channels[Int(channel)].list = list
        channels[Int(channel)].position = (channels[Int(channel)].position + launch.descriptors) % count
        channels[Int(channel)].transfers.append(launch.descriptors, buffer)
    }

    mutating func didFinish(_ channel: UInt8, _ transfers: Int) {
        guard Int(channel) < channels.count else { return }
        channels[Int(channel)].transfers.removeFirst(transfers)
    }

    /// The channel is of no use before it is disabled, unless it has been meanwhile.
    mutating func didBreak(_ channel: UInt8) {
        guard Int(channel) < channels.count, enabled & (1 << UInt32(channel)) != 0 else { return }
        channels[Int(channel)].isBroken = true
    }

    private func isMoving(_ list: UInt64) -> Bool {
        channels.contains { $0.list == list && $0.transfers.count > 0 }
    }
}
