internal import HailoBase

/// When a channel's interrupts came, for programs that measure.
struct Timestamps {
    private(set) var isMeasuring = false
    private var entries: [(moment: UInt64, processed: Int)] = []

    private static let maximum = 255

    mutating func start(isMeasuring: Bool) {
        self.isMeasuring = isMeasuring
        entries.removeAll()
    }

    mutating func add(processed: Int) {
        guard isMeasuring, entries.count < Timestamps.maximum else { return }
        entries.append((Clock.now, processed))
    }

    mutating func take() -> [(moment: UInt64, processed: Int)] {
        defer { entries.removeAll() }
        return entries
    }
}
