package import HailoBase
internal import HailoFormats
internal import HailoFirmware
package import HailoHEF

extension Plan {
    /// Plans one network group of a file of `fileSize` bytes for a device.
    package init(
        _ group: NetworkGroup, of file: HefFile, fileSize: Int, for target: PlanTarget, options: PlanOptions
    ) throws(HailoError) {
        var planner = try GroupPlanner(group, of: file, fileSize: fileSize, for: target, options: options)
        self = try planner.plan()
    }
}

// The contexts, in the order in which the firmware gets them.
extension GroupPlanner {
    mutating func plan() throws(HailoError) -> Plan {
        let inputs = try planActivation()
        try planBatchSwitching(inputs)
        try planPreliminary()
        for (number, context) in coreOp.contexts.enumerated() { try planDynamic(context, number) }
        let networks = batches.keys.ordered { $0 < $1 }
        if let maximum = target.rules.maximumNetworks, networks.count > maximum {
            throw place.error(.modelTooLarge, "it has \(networks.count) networks; the firmware takes \(maximum)")
        }
        let header = ApplicationHeader(
            dynamicContexts: UInt16(clamping: coreOp.contexts.count),
            preliminaryRunsAsap: file.features.preliminaryRunsAsap,
            batchRegisterConfiguration: file.features.batchRegisterConfiguration,
            canFastBatchSwitch: coreOp.canFastBatchSwitch, networks: UInt8(clamping: networks.count),
            bufferSize: UInt16(min(target.descriptorPageSize, 512)),
            batchSize: UInt16(clamping: networks.last.flatMap { batches[$0] } ?? 1),
            networkBatchSizes: group.networkNames.map { UInt16(clamping: batches[$0] ?? 1) },
            configurationChannels: configurationChannels)
        let rings = addRings()
        return Plan(
            networkGroup: group, contents: coreOp, options: options, firmware: target.firmware, memory: memory,
            header: header, contexts: contexts, channels: rings, smallestBatch: batches.values.min() ?? 1)
    }

    /// Gives every stream at the host a ring of memory as long as its list.
    private mutating func addRings() -> [BoundaryChannel] {
        boundaries.ordered { $0.layer.name < $1.layer.name }.map { boundary in
            let transferSize = boundary.layer.transferSize
            let descriptors = divideUp(Int(transferSize), Int(boundary.size.pageSize))
            let buffer = memory.map(
                .ring(channel: boundary.channel), size: boundary.size.bytes,
                boundary.layer.direction)
            memory.program(
                MemoryPlan.Program(
                    list: boundary.list, buffer: buffer, size: boundary.size.bytes, channel: boundary.channel))
            // One descriptor stays free, so that a full ring differs from an empty one.
            let fitting = (Int(boundary.size.count) - 1) / descriptors
            return BoundaryChannel(
                stream: boundary.layer.name, direction: boundary.layer.direction, channel: boundary.channel,
                list: boundary.list, descriptorCount: boundary.size.count, buffer: buffer, transferSize: transferSize,
                descriptorsPerTransfer: UInt32(descriptors), transfersPerFrame: boundary.layer.transfersPerFrame,
                queueDepth: UInt32(target.rules.transfersInFlight(wanted: boundary.queueDepth, fitting: fitting)),
                frameSize: boundary.layer.hardwareFrameSize,
                nms: boundary.layer.nms)
        }
    }

    private var hasSingleContext: Bool { coreOp.contexts.count == 1 }

    private mutating func append(_ type: ContextType, _ number: Int?, _ actions: ActionList) {
        contexts.append(PlannedContext(type: type, number: number, actions: actions))
    }

    /// Opens the channels at the host. Returns the inputs, which batch switching needs.
    private mutating func planActivation() throws(HailoError) -> [Edge] {
        let place = place.in("activation")
        var edges = ContextEdges()
        try addBoundaries(coreOp.boundaryOutputs, to: &edges, .none, at: place)
        try addBoundaries(coreOp.boundaryInputs, to: &edges, .none, at: place)
        var actions = [ContextAction(.resetBurstCredits)]
        for edge in edges.edges {
            actions.append(
                edge.layer.isOutput
                    ? .openBoundaryOutput(channel: edge.channel, buffer: edge.buffer)
                    : .openBoundaryInput(edge.place, registers: edge.registers.registers, buffer: edge.buffer))
        }
        append(.activation, nil, ActionList(plain: actions))
        return edges.select(.boundary, direction: .input)
    }

    /// What changes when the group goes on with another batch size.
    private mutating func planBatchSwitching(_ inputs: [Edge]) throws(HailoError) {
        let edges = try fillForBatchSwitching(coreOp.contexts[0], 0, at: place.in("batch switching"))
        var actions: Series<ContextAction?> = []
        for operation in coreOp.preliminary {
            for action in operation.actions {
                if let switched = GroupPlanner.batchSwitch(action) { actions.append(switched) }
            }
        }
        func add(_ more: [ContextAction]) { for action in more { actions.append(action) } }
        add(edges.deactivations(checkHostEmpty: false))
        add([ContextAction(.resetDDRBuffering)])
        add(edges.activations(withBoundaries: false))
        add(edges.ddrStart())
        add(inputs.map { .changeBoundaryInputBatch(channel: $0.channel) })
        add([ContextAction(.startBurstCredits)])
        append(.batchSwitching, nil, ActionList(folding: actions))
    }

    /// A unit that the preliminary context enables gets its count set anew. Its cluster is cut to three bits here.
    private static func batchSwitch(_ action: Action) -> ContextAction? {
        switch ActionDraft.draft(action) {
        case .ready(let action):
            guard let lcu = action[.lcu], let network = action[.network] else { return nil }
            let count: UInt64
            switch action.kind {
            case .enableLcuDefault: count = UInt64(ActionDraft.defaultKernelDoneCount)
            case .enableLcu, .switchLcuBatch: count = action[.kernelDoneCount] ?? 0
            default: return nil
            }
            return .switchLcuBatch(
                UInt8(truncatingIfNeeded: lcu & 0x7f), network: UInt8(truncatingIfNeeded: network),
                kernelDoneCount: UInt32(truncatingIfNeeded: count))
        default: return nil
        }
    }

    private mutating func configuration(
        _ drafts: Series<ActionDraft>, _ context: String, at place: Refusal
    ) throws(HailoError) -> ConfigurationBuffers {
        try ConfigurationBuffers(
            for: drafts, channels: configurationChannels, context: context,
            containerVersion: file.container.version, largestPage: Int(target.descriptorPageSize), memory: &memory,
            at: place)
    }

    /// What is done once when the group starts. It may run the first dynamic context right away.
    private mutating func planPreliminary() throws(HailoError) {
        let place = place.in("preliminary")
        var drafts = ActionDraft.drafts(coreOp.preliminary, containerVersion: file.container.version)
        var configuration = try configuration(drafts, "preliminary", at: place)
        let runsAsap = file.features.preliminaryRunsAsap
        var edges = ContextEdges()
        if runsAsap { edges = try fill(coreOp.contexts[0], 0, at: place) }
        drafts = try configuration.fetches(drafts, fileSize: fileSize, memory: &memory, at: place)
        if runsAsap { drafts = try startingInputs(drafts, edges, 0, at: place) }
        try append(.preliminary, nil, configuration.enclosing(drafts), [], edges, at: place)
        guard coreOp.contexts.allSatisfy({ $0.inputs(.cache).isEmpty }) || !hasSingleContext else {
            throw self.place.error(.hefInvalid, "it has caches, but only one context")
        }
    }

    private mutating func planDynamic(_ context: Context, _ number: Int) throws(HailoError) {
        let name = "context \(number)"
        let place = place.in(name)
        var drafts = ActionDraft.drafts(context.operations, containerVersion: file.container.version)
        var configuration = try configuration(drafts, name, at: place)
        let edges = try fill(context, number, at: place)
        drafts = try configuration.fetches(drafts, fileSize: fileSize, memory: &memory, at: place)
        drafts = try startingInputs(drafts, edges, number, at: place)
        var end: [ContextAction] = []
        if hasSingleContext {
            end.append(ContextAction(.changeApplication))
        } else {
            end += edges.deactivations(checkHostEmpty: true)
            end += edges.select(.boundary, direction: .input).map { .pauseInput(channel: $0.channel) }
            let isLast = number == coreOp.contexts.count - 1
            if isLast, coreOp.contexts.contains(where: { !$0.inputs(.cache).isEmpty }) {
                end.append(ContextAction(.waitForCacheUpdate))
            }
        }
        try append(.dynamic, number, configuration.enclosing(drafts), end, edges, at: place)
    }

    private mutating func append(
        _ type: ContextType, _ number: Int?, _ drafts: Series<ActionDraft>, _ end: [ContextAction],
        _ edges: ContextEdges,
        at place: Refusal
    ) throws(HailoError) {
        var actions: Series<ContextAction?> = []
        for draft in drafts {
            let action = try edges.resolve(draft, at: place)
            if let action, !target.firmware.knows(action.kind) {
                throw place.error(
                    .hefUnsupported,
                    "it needs \(action.kind.name), which this device's firmware does not have. Install driver and firmware 4.19 "
                        + "or later")
            }
            actions.append(action)
        }
        for action in end { actions.append(action) }
        let list = ActionList(folding: actions)
        guard !list.isEmpty else {
            throw place.error(.hefInvalid, "there is nothing to do in it, and the firmware takes no empty context")
        }
        append(type, number, list)
    }

    /// Puts what switches the layers on before the actions that let data in, of which there is one run.
    private func startingInputs(
        _ drafts: Series<ActionDraft>, _ edges: ContextEdges, _ number: Int, at place: Refusal
    ) throws(HailoError) -> Series<ActionDraft> {
        guard let first = drafts.firstIndex(where: { $0.isAllowInput }) else {
            throw place.error(.hefInvalid, "no action lets data in")
        }
        let behind = drafts[first...].firstIndex { !$0.isAllowInput } ?? drafts.endIndex
        guard !drafts[behind...].contains(where: { $0.isAllowInput }) else {
            throw place.error(.hefInvalid, "the actions that let data in do not follow each other")
        }
        let inputs = edges.select(.boundary, direction: .input)
        var start = edges.activations(withBoundaries: true)
        if !hasSingleContext { start += try streamMapping(edges, number, at: place) }
        start += edges.ddrStart()
        start += inputs.map { .resumeInput(channel: $0.channel) }
        let end = inputs.isEmpty ? [] : [ContextAction(.startBurstCredits)]
        var result = Series(drafts[..<first])
        for action in start { result.append(.ready(action)) }
        result.append(contentsOf: drafts[first..<behind])
        for action in end { result.append(.ready(action)) }
        result.append(contentsOf: drafts[behind...])
        return result
    }

    /// Connects the channels at the host with streams. Those of other contexts get some stream of the other direction.
    private func streamMapping(
        _ edges: ContextEdges, _ number: Int, at place: Refusal
    ) throws(HailoError) -> [ContextAction] {
        var actions: [ContextAction] = []
        for boundary in boundaries {
            let isDummy = boundary.context != number
            var stream = boundary.layer.stream
            if isDummy {
                guard let other = edges.edges.first(where: { $0.layer.isOutput != boundary.layer.isOutput }) else {
                    throw place.at(boundary.layer.name).error(
                        .hefInvalid, "the context has no stream that its channel could be parked at")
                }
                stream = other.layer.stream
            }
            actions.append(.mapChannelToStream(channel: boundary.channel, stream: stream, isDummy: isDummy))
        }
        return actions
    }
}
