internal import HailoBase
internal import HailoFormats
package import HailoPlanner

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

        init(_ plan: Plan, queueDepth: Int, _ origin: DataOrigin) {
            group = plan.group.text
            batchSize = plan.smallestBatch
            inputChannels = plan.channels.count { $0.direction == .input }
            outputChannels = plan.channels.count { $0.direction == .output }
            contexts = plan.dynamicContexts
            dmaBytes = plan.memory.buffers.reduce(0) { $0 + $1.size }
            self.queueDepth = queueDepth
            dataOrigin = origin
        }
    }
}
