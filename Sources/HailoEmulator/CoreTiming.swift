internal import HailoBase

/// When the chip has the outputs of a frame: so long after its inputs, and so long after those of the frame before.
struct CoreTiming {
    /// In nanoseconds; 0 and 0 for a chip that takes no time.
    private let latency: UInt64
    private let interval: UInt64
    /// Of the frames that are in the chip, by their number modulo its length.
    private var moments = [UInt64](repeating: 0, count: 256)
    private var last: UInt64 = 0

    init(latency: UInt64, interval: UInt64) {
        self.latency = latency
        self.interval = interval
    }

    var isInstant: Bool { latency == 0 && interval == 0 }

    /// The inputs of a frame have arrived.
    mutating func enter(_ frame: Int) {
        guard !isInstant else { return }
        last = max(Clock.now &+ latency, last &+ interval)
        moments[frame % moments.count] = last
    }

    /// When its outputs are there.
    func moment(_ frame: Int) -> UInt64 { moments[frame % moments.count] }
}
