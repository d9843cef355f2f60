internal import HailoBase
internal import HailoFormats
internal import Hailo

/// The options of commands that set a model up.
enum SessionArguments {
    static let names = ["--group", "--batch", "--power"]

    static let help = """
          --group NAME   only this network group
          --batch N      frames that the chip processes before it switches to the next context, up to 63; or
                         NETWORK=N[,NETWORK=N…] for individual networks
          --power MODE   performance (default) or ultra_performance
        """

    static func options(_ arguments: Arguments) throws(UsageError) -> Session.Options {
        var options = Session.Options()
        options.group = arguments.value("--group")
        if let text = arguments.value("--batch") {
            if let size = UInt32(text) {
                options.batchSize = size
            } else {
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    options.networkBatchSizes.append(try networkBatch(String(part)))
                }
            }
        }
        switch arguments.value("--power") {
        case nil, "performance": options.powerMode = .performance
        case "ultra_performance": options.powerMode = .ultraPerformance
        case .some(let mode):
            throw UsageError(message: "--power takes performance or ultra_performance, not \"\(mode)\"")
        }
        return options
    }

    private static func networkBatch(_ text: String) throws(UsageError) -> (network: String, size: UInt32) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let size = UInt32(parts[1]) else {
            throw UsageError(message: "--batch takes a number or NETWORK=N, not \"\(text)\"")
        }
        return (String(parts[0]), size)
    }

    /// The groups that are meant: the named one or all, in alphabetical order, as the vendor's library takes them.
    static func groups(of model: Model, _ options: Session.Options) throws(HailoError) -> [Session.Options] {
        if options.group != nil { return [options] }
        for (network, _) in options.networkBatchSizes
        where !model.groupNames.contains(where: { model.hasNetwork(network, in: $0) }) {
            throw HailoError(
                .invalidArgument, "a batch size is given for network \"\(network)\", which the model does not have")
        }
        return model.groupNames.map { Name($0) }.sorted().map { name in
            var options = options
            options.group = name.text
            // Batch sizes of single networks count in the groups that have them.
            options.networkBatchSizes = options.networkBatchSizes.filter { model.hasNetwork($0.network, in: name.text) }
            return options
        }
    }
}
