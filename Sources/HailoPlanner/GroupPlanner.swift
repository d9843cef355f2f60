internal import HailoBase
internal import HailoFormats
internal import HailoFirmware
internal import HailoHEF

/// Decides everything for one network group, in the order in which the vendor's library does it: what is created, refused
/// and sent first shows at the device.
struct GroupPlanner {
    let file: HefFile
    let fileSize: Int
    let coreOp: CoreOp
    let group: NetworkGroup
    let target: PlanTarget
    let options: PlanOptions
    let batches: [Name: UInt32]
    let place: Refusal
    let largestBuffer: UInt32

    var memory = MemoryPlan()
    var channels: ChannelAllocator
    var configurationChannels: [UInt8] = []
    var boundaries: [Boundary] = []
    var intermediate: IntermediateBuffers
    var caches: CacheBuffers
    var contexts: [PlannedContext] = []

    /// A stream at the host and what it got.
    struct Boundary {
        let layer: Layer
        let context: Int
        let channel: UInt8
        let list: Int
        let size: ListSize
        let queueDepth: Int
    }

    private static let maximumContexts = 1024

    init(
        _ group: NetworkGroup, of file: HefFile, fileSize: Int, for target: PlanTarget, options: PlanOptions
    ) throws(HailoError) {
        self.file = file
        self.fileSize = fileSize
        self.group = group
        self.target = target
        self.options = options
        place = Refusal(group: group.name)
        guard target.canRun(file.architecture), let largestBuffer = file.architecture.maxPeripheryBytes else {
            throw place.error(
                .hefIncompatible,
                "the model was compiled for \(file.architecture.name), the device is a \(target.chip.title)")
        }
        self.largestBuffer = largestBuffer
        guard file.features.hostCalculatesPeriphery || target.rules.takesPeripheryOfCompiler else {
            throw place.error(
                .hefUnsupported,
                "the file lacks extension 26 (PERIPH_CALCULATION_IN_HAILORT): it was made by a compiler that is too old for this "
                    + "device's firmware. Compile the model again with version 3.28 or later")
        }
        coreOp = try GroupPlanner.contents(of: group, file, target, at: place)
        for (isMissing, what) in [
            (coreOp.boundaryInputs.isEmpty, "input"), (coreOp.boundaryOutputs.isEmpty, "output"),
        ] where isMissing {
            throw place.error(.notFound, "it has no \(what), so nothing can be run")
        }
        try GroupPlanner.checkTensors(coreOp, at: place)
        guard coreOp.contexts.count + 3 <= GroupPlanner.maximumContexts else {
            throw place.error(
                .modelTooLarge,
                "it has \(coreOp.contexts.count) contexts; the firmware takes \(GroupPlanner.maximumContexts - 3)")
        }
        caches = try CacheBuffers(coreOp, target, memory: &memory, at: place)
        batches = try options.batches(of: group.networkNames, in: group.name)
        channels = ChannelAllocator(engines: target.dmaEngines)
        configurationChannels = try GroupPlanner.configurationChannels(coreOp, target.rules, &channels, at: place)
        boundaries = try GroupPlanner.boundaries(coreOp, target, batches, &channels, &memory, at: place)
        intermediate = try IntermediateBuffers(
            coreOp, batches: batches, largestPage: Int(target.descriptorPageSize), memory: &memory, at: place)
    }

    /// The host exchanges no frames of nothing.
    private static func checkTensors(_ coreOp: CoreOp, at place: Refusal) throws(HailoError) {
        for layer in coreOp.boundaryInputs + coreOp.boundaryOutputs {
            for tensor in Tensor.tensors(of: layer) {
                guard let shape = tensor.shape, min(shape.height, shape.width, shape.features) == 0 else {
                    continue
                }
                throw place.at(tensor.name).error(.hefInvalid, "its frames have no bytes")
            }
        }
    }

    /// The contents that fit the device's working clusters.
    private static func contents(
        of group: NetworkGroup, _ file: HefFile, _ target: PlanTarget, at place: Refusal
    ) throws(HailoError) -> CoreOp {
        guard let contents = target.contents(of: group) else {
            let known = group.layouts.map { $0.clusters.hexadecimal }.joined(separator: ", ")
            throw place.error(
                .hefIncompatible,
                "the device's working clusters have layout \(target.clusterLayout.hexadecimal), the model has contents for "
                    + "\(known). Compile it for all layouts of the Hailo-8L")
        }
        return contents
    }

    private static func configurationChannels(
        _ coreOp: CoreOp, _ rules: PlanRules, _ channels: inout ChannelAllocator, at place: Refusal
    ) throws(HailoError) -> [UInt8] {
        let engines = coreOp.configurationEngines
        if let maximum = rules.maximumConfigurationChannels, engines.count > maximum {
            throw place.error(
                .modelTooLarge, "it has \(engines.count) configuration channels; the firmware takes \(maximum)")
        }
        var result: [UInt8] = []
        for (index, engine) in engines.enumerated() {
            let use = ChannelAllocator.Use(
                kind: .configuration, direction: .input, name: Name(""), stream: UInt8(index))
            result.append(
                try allocate(use, engine: engine, &channels, "configuration channel \(index)", at: place))
        }
        return result
    }

    static func allocate(
        _ use: ChannelAllocator.Use, engine: UInt8 = 0, _ channels: inout ChannelAllocator, _ what: String,
        at place: Refusal
    ) throws(HailoError) -> UInt8 {
        do throws(ChannelAllocator.Failure) {
            return try channels.channel(for: use, engine: engine)
        } catch {
            switch error {
            case .noSuchEngine:
                throw place.error(.hefInvalid, "\(what) needs DMA engine \(engine), which the device does not have")
            case .noneLeft:
                throw place.error(
                    .modelTooLarge,
                    "no DMA channel is left for \(what); the device has 16 in each direction, configuration included")
            }
        }
    }

    /// Gives every stream at the host a channel and a list, inputs first.
    private static func boundaries(
        _ coreOp: CoreOp, _ target: PlanTarget, _ batches: [Name: UInt32], _ channels: inout ChannelAllocator,
        _ memory: inout MemoryPlan, at place: Refusal
    ) throws(HailoError) -> [Boundary] {
        var boundaries: [Boundary] = []
        for direction in [Direction.input, .output] {
            for (number, context) in coreOp.contexts.enumerated() {
                let layers = direction == .output ? context.outputs(.boundary) : context.inputs(.boundary)
                for layer in layers.flatMap({ $0.streams }) {
                    let place = place.at(layer.name)
                    // The planes of a picture are streams of their own; the file's reader has not compared their names.
                    guard direction == .output || layer.nms == nil else {
                        throw place.error(.hefInvalid, "boxes come out of a chip; they do not go in")
                    }
                    guard !boundaries.contains(where: { $0.layer.name == layer.name }) else {
                        throw place.error(.hefInvalid, "another stream at the host has this name")
                    }
                    let channel = try allocate(
                        ChannelAllocator.Use(layer), &channels, direction == .output ? "the output" : "the input",
                        at: place)
                    guard let batch = batches[layer.networkName] else {
                        throw place.error(.notFound, "its network \"\(layer.networkName)\" is not one of the group's")
                    }
                    let queueDepth = try queueDepth(layer, Int(batch), target.rules, at: place)
                    let size = try place.list("at the host") { () throws(ListSize.Failure) in
                        try ListSize.forBoundary(
                            of: Int(layer.transferSize), fewest: target.rules.fewestTransfers(batch: Int(batch)),
                            queueDepth: queueDepth, maxShmifoSize: Int(layer.maxShmifoSize),
                            largestPage: Int(target.descriptorPageSize))
                    }
                    boundaries.append(
                        Boundary(
                            layer: layer, context: number, channel: channel,
                            list: memory.createList(size, isCircular: true), size: size, queueDepth: queueDepth))
                }
            }
        }
        return boundaries
    }

    private static func queueDepth(
        _ layer: Layer, _ batch: Int, _ rules: PlanRules, at place: Refusal
    ) throws(HailoError) -> Int {
        let count = Int(layer.transfersPerFrame)
        let size = Int(layer.transferSize)
        guard count > 0, size > 0 else { throw place.error(.hefInvalid, "its frames have no bytes") }
        let (_, overflows) = count.multipliedReportingOverflow(by: size)
        let depth =
            overflows ? nil : rules.queueDepth(transfersPerFrame: count, transferSize: size, batch: batch)
        guard let depth, depth <= UInt16.max else {
            throw place.error(
                .modelTooLarge,
                "a frame takes \(count) transfers, so that more than \(UInt16.max) would have to be in flight at once")
        }
        return depth
    }

    /// The stream's channel and list.
    func boundary(of layer: Layer) -> Boundary? {
        boundaries.first { $0.layer.name == layer.name }
    }
}
