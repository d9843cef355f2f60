/// What a user chooses for a model that takes turns with others.
package struct SchedulingSettings: Equatable, Sendable {
    package static let highestPriority: UInt8 = 31
    package static let usualPriority: UInt8 = 16

    /// From 0 to 31; the highest goes first.
    package var priority = SchedulingSettings.usualPriority
    /// So many frames should wait before the model gets a turn.
    package var threshold = 0
    /// After so many nanoseconds without a turn the threshold does not count. Without a timeout it never does.
    package var timeout: UInt64 = 0

    package init(priority: UInt8 = usualPriority, threshold: Int = 0, timeout: UInt64 = 0) {
        self.priority = min(priority, SchedulingSettings.highestPriority)
        self.threshold = threshold
        self.timeout = timeout
    }
}

/// What the way that a model was set up means for its turns.
package struct SchedulingTraits: Equatable, Sendable {
    /// Its share of frames while others wait.
    package let burst: Int
    /// How many frames may be in flight on one device.
    package let depth: Int
    /// Whether the chip works on several frames together, and is told each time how many.
    package let runsInBatches: Bool

    package init(burst: Int, depth: Int, runsInBatches: Bool) {
        self.burst = max(burst, 1)
        self.depth = max(depth, 1)
        self.runsInBatches = runsInBatches
    }
}
