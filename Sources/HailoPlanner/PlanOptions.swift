package import HailoBase

/// What the user chooses.
package struct PlanOptions: Equatable, Sendable {
    package enum PowerMode: Int32, Sendable {
        case performance = 0
        case ultraPerformance = 1
    }

    /// Frames that a network works on before the chip switches to the next context.
    package struct NetworkBatch: Equatable, Sendable {
        package let network: Name
        package let size: UInt32

        package init(network: Name, size: UInt32) {
            self.network = network
            self.size = size
        }
    }

    /// For all networks; 0 means 1.
    package var batchSize: UInt32 = 0
    /// For single networks, in place of the size for all.
    package var networkBatches: [NetworkBatch] = []
    package var powerMode = PowerMode.performance

    package init() {}

    package static let largestBatch: UInt32 = 63

    /// The batch size of every network of a group.
    func batches(of networks: [Name], in group: Name) throws(HailoError) -> [Name: UInt32] {
        for entry in networkBatches where !networks.contains(entry.network) {
            throw HailoError(
                .invalidArgument,
                "a batch size is given for network \"\(entry.network)\", which group \"\(group)\" does not have; it has "
                    + networks.map { "\"\($0)\"" }.joined(separator: ", "))
        }
        guard batchSize == 0 || networkBatches.isEmpty else {
            throw HailoError(
                .invalidArgument, "give a batch size either for the whole group or for its networks, not for both")
        }
        var batches: [Name: UInt32] = [:]
        for network in networks {
            let size = networkBatches.last { $0.network == network }?.size ?? batchSize
            guard size <= PlanOptions.largestBatch else {
                throw HailoError(
                    .invalidArgument,
                    "batch size \(size) of network \"\(network)\" is too large; the chip takes up to "
                        + "\(PlanOptions.largestBatch) frames")
            }
            batches[network] = max(size, 1)
        }
        return batches
    }
}
