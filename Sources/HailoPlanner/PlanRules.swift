internal import HailoFirmware

/// What is decided in another way for another generation of firmware.
struct PlanRules: Equatable, Sendable {
    /// How many transfers may be in flight at a channel.
    enum QueueDepth {
        /// As many as keep the chip busy and do not take too much memory.
        case byMemory
        /// A few for each frame of a batch.
        case byBatch
    }

    /// How a cache lies in memory, and what one transfer of it is.
    enum CacheLayout {
        /// Entries are padded to powers of two, and each is a transfer of its own.
        case paddedEntries
        /// Entries follow each other, and all that is read or written is one transfer.
        case plain
    }

    private let queueDepth: QueueDepth
    let cacheLayout: CacheLayout
    /// Whether the list between two contexts is as long as what the first one delivers, not as what the second one takes.
    let fitsListsToProducers: Bool
    /// Whether files are taken whose compiler has chosen the periphery's buffers.
    let takesPeripheryOfCompiler: Bool
    /// How many configuration channels the firmware can be told of; nil where it is not told.
    let maximumConfigurationChannels: Int?
    /// Of how many networks the firmware can be told the batch size; nil where it is not told.
    let maximumNetworks: Int?

    init(for firmware: FirmwareInterface) {
        switch firmware.generation {
        case .first:
            queueDepth = .byBatch
            cacheLayout = .plain
            fitsListsToProducers = true
            takesPeripheryOfCompiler = true
            maximumConfigurationChannels = nil
            maximumNetworks = ApplicationHeader.maximumNetworks
        case .second:
            queueDepth = .byMemory
            cacheLayout = .paddedEntries
            fitsListsToProducers = false
            takesPeripheryOfCompiler = false
            maximumConfigurationChannels = ApplicationHeader.maximumConfigurationChannels
            maximumNetworks = nil
        }
    }

    // MARK: Transfers at the host

    private static let doubleBuffer = 2
    private static let usualQueueDepth = 32
    private static let largestQueue = 32 << 20
    private static let framesOfBatchInFlight = 4

    /// How many transfers must fit a list, so that its pages are chosen large enough.
    func fewestTransfers(batch: Int) -> Int {
        switch queueDepth {
        case .byMemory: PlanRules.doubleBuffer
        case .byBatch: PlanRules.doubleBuffer * batch
        }
    }

    /// How many transfers may be in flight through a list that so many fit. A short list is used in full.
    func transfersInFlight(wanted: Int, fitting: Int) -> Int {
        switch queueDepth {
        case .byMemory: min(wanted, fitting)
        case .byBatch: fitting
        }
    }

    /// How many transfers a list is made for.
    func queueDepth(transfersPerFrame: Int, transferSize: Int, batch: Int) -> Int {
        switch queueDepth {
        case .byMemory:
            let least = transfersPerFrame * PlanRules.doubleBuffer * batch
            let most = max(least, transfersPerFrame * PlanRules.usualQueueDepth)
            return max(least, min(most, PlanRules.largestQueue / (transfersPerFrame * transferSize)))
        case .byBatch:
            let wanted = transfersPerFrame * PlanRules.framesOfBatchInFlight * batch
            // Boxes come in many transfers, of which some more or less do not matter.
            return transfersPerFrame > 1 ? min(wanted, Int(UInt16.max)) : wanted
        }
    }
}
