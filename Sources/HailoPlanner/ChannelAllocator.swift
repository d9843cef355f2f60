internal import HailoBase
internal import HailoHEF
internal import HailoFormats

/// Hands out the DMA channels of one network group.
///
/// Channels 0 to 15 carry data to the chip, 16 to 31 from it. Boundary channels keep clear of every channel that the
/// group has ever used inside the model, because the host and the firmware must not drive the same one.
struct ChannelAllocator {
    /// What a channel is for. The same use gets the same channel again as long as it was not freed.
    struct Use: Hashable {
        enum Kind: UInt8 {
            case boundary, interContext, ddr, configuration, cache
        }
        let kind: Kind
        let direction: Direction
        let name: Name
        let stream: UInt8
    }

    private let engines: UInt32
    private var used: [Use: UInt8] = [:]
    private var usedInside: Set<UInt8> = []

    init(engines: UInt32) {
        self.engines = engines
    }

    enum Failure: Error {
        case noSuchEngine
        case noneLeft
    }

    mutating func channel(for use: Use, engine: UInt8 = 0) throws(Failure) -> UInt8 {
        guard UInt32(engine) < engines else { throw .noSuchEngine }
        if let channel = used[use] { return channel }
        let first: UInt8 = use.direction == .output ? 16 : 0
        let taken = Set(used.values)
        for channel in first..<(first + 16) where !taken.contains(channel) {
            if use.kind == .boundary {
                if usedInside.contains(channel) { continue }
            } else {
                usedInside.insert(channel)
            }
            used[use] = channel
            return channel
        }
        throw .noneLeft
    }

    mutating func free(_ use: Use) {
        used[use] = nil
    }
}
