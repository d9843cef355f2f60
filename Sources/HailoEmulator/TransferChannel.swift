internal import CHailoKernel

/// One DMA channel: what the driver keeps of it, and the registers and the work of the card.
struct TransferChannel {
    /// The descriptors that a transfer changed: its first and the last of each of its buffers.
    struct Transfer {
        private var descriptors = InlineArray<9, UInt32>(repeating: 0)
        private var count = 1
        private(set) var last = UInt32.max

        init(first: UInt32) {
            descriptors[0] = first
        }

        mutating func append(_ descriptor: UInt32) {
            descriptors[count] = descriptor
            count += 1
            last = descriptor
        }

        func forEach(_ body: (Int) -> Void) {
            for index in 0..<count { body(Int(descriptors[index])) }
        }
    }

    static let maximumTransfers = Int(HAILO_VDMA_MAX_ONGOING_TRANSFERS) - 1

    // The driver's.
    var list: DescriptorList?
    var available = 0
    private(set) var processed = 0
    private(set) var transfers: [Transfer] = []
    var timestamps = Timestamps()

    // The card's. Firmware opens and closes channels; the driver only moves `hardwareAvailable`.
    private(set) var isOpen = false
    private var hardwareList: DescriptorList?
    var hardwareAvailable = 0
    private(set) var hardwareProcessed = 0
    /// Bytes of one transfer, as the firmware was told.
    private(set) var pattern = 0

    mutating func open(_ list: DescriptorList, pattern: Int) {
        isOpen = true
        hardwareList = list
        hardwareAvailable = 0
        hardwareProcessed = 0
        self.pattern = pattern
    }

    mutating func shut() {
        isOpen = false
        hardwareList = nil
    }

    /// What disabling does: transfers in flight are forgotten.
    mutating func forget() {
        for transfer in transfers { clean(transfer) }
        transfers.removeAll(keepingCapacity: true)
        list = nil
        available = 0
        processed = 0
    }

    mutating func push(_ transfer: Transfer) { transfers.append(transfer) }

    /// Memory that descriptors one behind the other point to.
    struct Run {
        var buffer: MappedBuffer?
        var offset: Int
        var size: Int
        /// Whether the host wants to be told of its end.
        var interruptsHost = false
    }

    /// The memory that the card comes to next, at most `limit` bytes; nil if it has none. It ends at the latest with a
    /// descriptor that the host wants to be told of.
    mutating func nextRun(limit: Int) -> Run? {
        guard isOpen, let hardwareList, hardwareProcessed != hardwareAvailable else { return nil }
        var run: Run?
        while hardwareProcessed != hardwareAvailable {
            let descriptor = hardwareList.descriptors[hardwareProcessed]
            if var known = run {
                guard known.buffer === descriptor.buffer, descriptor.offset == known.offset + known.size,
                    known.size + descriptor.size <= limit
                else { break }
                known.size += descriptor.size
                run = known
            } else {
                run = Run(buffer: descriptor.buffer, offset: descriptor.offset, size: descriptor.size)
            }
            hardwareProcessed = (hardwareProcessed + 1) % hardwareList.count
            run?.interruptsHost = descriptor.interruptsHost
            if descriptor.interruptsHost { break }
        }
        return run
    }

    /// Whether a transfer that the driver has not seen the end of uses a buffer.
    func isInFlight(_ buffer: MappedBuffer) -> Bool {
        guard let list, !transfers.isEmpty else { return false }
        var descriptor = processed
        while descriptor != available {
            if list.descriptors[descriptor % list.count].buffer === buffer { return true }
            descriptor = (descriptor + 1) % list.count
        }
        return false
    }

    /// Whether the host starts the transfers of this list, one by one.
    func carriesTransfers(of list: DescriptorList) -> Bool { isOpen && hardwareList === list }

    /// Looks for transfers that have finished, as the driver does when it is asked. nil if the channel has no list.
    mutating func retire() -> (isActive: Bool, finished: UInt8)? {
        guard let list else { return nil }
        var done = 0
        while done < transfers.count {
            let transfer = transfers[done]
            let last = Int(UInt16(truncatingIfNeeded: transfer.last))
            let isDone =
                available == hardwareProcessed
                || TransferChannel.isBetween(processed, hardwareProcessed, last)
            guard isDone else { break }
            clean(transfer)
            processed = (last + 1) % list.count
            done += 1
        }
        transfers.removeSubrange(0..<done)
        return (isOpen, UInt8(clamping: done))
    }

    private static func isBetween(_ begin: Int, _ end: Int, _ value: Int) -> Bool {
        if begin == end { return false }
        return begin < end ? begin <= value && value < end : value < end || value >= begin
    }

    /// Descriptors that a transfer changed get their whole size back and tell nobody of their end.
    private func clean(_ transfer: Transfer) {
        transfer.forEach { list?.clean($0) }
    }
}
