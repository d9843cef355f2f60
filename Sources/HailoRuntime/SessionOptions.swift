internal import HailoBase
internal import HailoFormats
package import HailoPlanner
internal import HailoScheduler

extension Session {
    /// How to set a network group up.
    public struct Options: Sendable {
        public enum PowerMode: Int32, Sendable {
            case performance = 0
            case ultraPerformance = 1
        }

        /// The name of the group; nil for the model's first.
        public var group: String?
        /// How many frames the chip works on before it switches to the next context, up to 63; 0 means 1.
        public var batchSize: UInt32 = 0
        /// The same for single networks, by name, in place of one size for all.
        public var networkBatchSizes: [(network: String, size: UInt32)] = []
        public var powerMode = PowerMode.performance
        /// How the session takes turns with others; nil for one that is activated by hand.
        public var scheduling: Scheduling?

        public init() {}

        package var planned: PlanOptions {
            var options = PlanOptions()
            options.batchSize = batchSize
            options.networkBatches = networkBatchSizes.map {
                PlanOptions.NetworkBatch(network: Name($0.network), size: $0.size)
            }
            options.powerMode = powerMode == .performance ? .performance : .ultraPerformance
            return options
        }
    }

    /// How a session takes turns with others of the same device.
    public struct Scheduling: Equatable, Sendable {
        /// From 0 to 31; frames of the highest priority run first.
        public var priority: UInt32 = 16
        /// How many frames should wait before the session gets a turn from a busy device.
        public var threshold: UInt32 = 0
        /// After so many milliseconds without a turn the threshold does not count; with 0 it never counts.
        public var timeoutMilliseconds: UInt32 = 0

        public init() {}

        init(_ settings: SchedulingSettings) {
            priority = UInt32(settings.priority)
            threshold = UInt32(clamping: settings.threshold)
            timeoutMilliseconds = UInt32(clamping: settings.timeout / 1_000_000)
        }

        func settings() throws(HailoError) -> SchedulingSettings {
            guard priority <= UInt32(SchedulingSettings.highestPriority) else {
                throw HailoError(
                    .invalidArgument,
                    "priority \(priority) is not possible; the valid range is 0 to \(SchedulingSettings.highestPriority)"
                )
            }
            return SchedulingSettings(
                priority: UInt8(priority), threshold: Int(threshold), timeout: UInt64(timeoutMilliseconds) * 1_000_000)
        }
    }

    /// General information about a session.
    public struct Info: Equatable, Sendable {
        /// The name of the network group.
        public let group: String
        /// The smallest of its networks' batch sizes.
        public let batchSize: UInt32
        /// Channels between host and chip.
        public let inputChannels, outputChannels: Int
        /// Parts that the chip is loaded with one after the other.
        public let contexts: Int
        /// Bytes of memory that the device may read and write.
        public let dmaBytes: Int
        /// Maximum number of frames in flight; further submissions block.
        public let queueDepth: Int
        /// Where its frames come from.
        public let dataOrigin: DataOrigin

        /// One plan for each device.
        init(_ plans: [Plan], queueDepth: Int, _ origin: DataOrigin) {
            let plan = plans[0]
            group = plan.group.text
            batchSize = plan.smallestBatch
            inputChannels = plan.channels.count { $0.direction == .input }
            outputChannels = plan.channels.count { $0.direction == .output }
            contexts = plan.dynamicContexts
            dmaBytes = plans.reduce(0) { $1.memory.buffers.reduce($0) { $0 + $1.size } }
            self.queueDepth = queueDepth
            dataOrigin = origin
        }
    }
}
