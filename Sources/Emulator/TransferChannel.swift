internal import CHailoKernel

/// One DMA channel: what the driver keeps of it, and the registers and the work of the card.
struct TransferChannel {
    /// A transfer that the driver has started and not yet found finished.
    struct Transfer {
        let lastDescriptor: Int
        let dirtyDescriptors: [Int]
    }

    static let mostTransfers = Int(HAILO_VDMA_MAX_ONGOING_TRANSFERS) - 1

    // The driver's.
    var list: DescriptorList?
    var available = 0
    private(set) var processed = 0
    private(set) var transfers: [Transfer] = []

    // The card's. Firmware opens and closes channels; the driver only moves `hardwareAvailable`.
    private(set) var isOpen = false
    private(set) var hardwareList: DescriptorList?
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

    /// What disabling does: transfers under way are forgotten.
    mutating func forget() {
        for transfer in transfers { clean(transfer) }
        transfers = []
        list = nil
        available = 0
        processed = 0
    }

    mutating func push(_ transfer: Transfer) { transfers.append(transfer) }

    /// The descriptor that the card comes to next; nil if it has none.
    func nextDescriptor() -> Descriptor? {
        guard isOpen, let hardwareList, hardwareProcessed != hardwareAvailable else { return nil }
        return hardwareList.descriptors[hardwareProcessed % hardwareList.count]
    }

    mutating func advance() {
        guard let hardwareList else { return }
        hardwareProcessed = (hardwareProcessed + 1) % hardwareList.count
    }

    /// Looks for transfers that have finished, as the driver does when it is asked. nil if the channel has no list.
    mutating func retire() -> UInt8? {
        guard let list else { return nil }
        var done = 0
        while let transfer = transfers.first {
            let isDone =
                available == hardwareProcessed
                || TransferChannel.isBetween(processed, hardwareProcessed, transfer.lastDescriptor)
            guard isDone else { break }
            clean(transfer)
            processed = (transfer.lastDescriptor + 1) % list.count
            transfers.removeFirst()
            done += 1
        }
        return isOpen ? UInt8(clamping: done) : UInt8(HAILO_VDMA_TRANSFER_DATA_CHANNEL_NOT_ACTIVE)
    }

    private static func isBetween(_ begin: Int, _ end: Int, _ value: Int) -> Bool {
        if begin == end { return false }
        return begin < end ? begin <= value && value < end : value < end || value >= begin
    }

    /// Descriptors that a transfer changed get their whole size back and tell nobody of their end.
    private func clean(_ transfer: Transfer) {
        for index in transfer.dirtyDescriptors { list?.clean(index) }
    }
}
