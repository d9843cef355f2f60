internal import HailoBase
internal import HailoFormats

/// Reads one network group: its contents for every layout of clusters, its names and what the host does for it.
struct GroupReader {
    let features: Features
    let architecture: CompiledArchitecture
    let container: Container
    let message: UnsafeRawBufferPointer

    /// The name of a group is that of its first partial group, where it has partial groups.
    static func name(of group: NetworkGroupMessage) -> Name {
        Name(group.partialNetworkGroups.first?.networkGroup.metadata.name ?? group.metadata.name)
    }

    func read(_ group: NetworkGroupMessage) throws(HailoError) -> NetworkGroup {
        let name = GroupReader.name(of: group)
        let place = Place(group: name)
        let whole = try wholeCoreOp(group, at: place)
        let variants = try variants(group, whole, at: place)
        var layouts: [UInt32: CoreOp] = [:]
        var postOps: [PostOp]?
        var firstInFile: CoreOp?
        for variant in variants {
            let coreOp = try read(variant.message, at: place)
            if features.netFlow {
                let ops = try PostOpReader(group, coreOp, groupName: name).read(group.ops, at: place)
                if postOps == nil, coreOp.name == name { postOps = ops }
            } else if coreOp.name == name {
                postOps = []
            }
            layouts[variant.clusters] = coreOp
            if firstInFile == nil { firstInFile = coreOp }
        }
        guard let postOps else {
            throw place.error(
                .hefInvalid, "its contents have another name (\"\(whole.metadata.name)\") than the group")
        }
        let sortedLayouts = layouts.ordered { $0.key < $1.key }.map {
            NetworkGroup.Layout(clusters: $0.key, coreOp: $0.value)
        }
        guard let standard = sortedLayouts.first, let firstInFile else {
            throw place.error(.hefInvalid, "it has no contents for any layout of clusters")
        }
        return NetworkGroup(
            name: name, layouts: sortedLayouts, standard: standard.coreOp,
            networkNames: networkNames(group, whole, name), sortedOutputs: try sortedOutputs(group, whole, at: place),
            postOps: postOps, firstInFile: firstInFile)
    }

    // MARK: Which contents

    private struct Variant {
        let clusters: UInt32
        let message: CoreOpMessage
    }

    /// The contents as such: in net-flow files the first core op, else the group's own fields.
    private func wholeCoreOp(_ group: NetworkGroupMessage, at place: Place) throws(HailoError) -> CoreOpMessage {
        guard features.netFlow else { return CoreOpMessage(group) }
        for op in group.ops { if case .core(let coreOp) = op.kind { return coreOp } }
        throw place.error(.hefInvalid, "a group of a net-flow file has no core op")
    }

    /// The contents for each layout, in the order of the file.
    private func variants(
        _ group: NetworkGroupMessage, _ whole: CoreOpMessage, at place: Place
    ) throws(HailoError) -> [Variant] {
        guard architecture.hasLayouts else { return [Variant(clusters: NetworkGroup.anyClusters, message: whole)] }
        let variants =
            features.netFlow
            ? whole.partialCoreOps.map { Variant(clusters: $0.layout.clusterBitmap, message: $0.coreOp) }
            : group.partialNetworkGroups.map {
                Variant(clusters: $0.layout.clusterBitmap, message: CoreOpMessage($0.networkGroup))
            }
        guard !variants.isEmpty else {
            throw place.error(.hefInvalid, "a file for \(architecture.name) has no contents for any layout of clusters")
        }
        return variants
    }

    // MARK: Contents

    private func read(_ message: CoreOpMessage, at place: Place) throws(HailoError) -> CoreOp {
        var place = place
        place.isPreliminary = true
        var preliminaryReader = operationReader
        let preliminary = try preliminaryReader.read(message.preliminaryConfig.operations, at: place)
        place.isPreliminary = false

        let layerReader = LayerReader(features: features, architecture: architecture, coreOp: message)
        var contexts: [Context] = []
        var firstContextWritesBatchSize = false
        for (index, contextMessage) in message.contexts.enumerated() {
            place.context = index
            place.operation = nil
            var reader = operationReader
            let operations = try reader.read(contextMessage.operations, at: place)
            if index == 0 { firstContextWritesBatchSize = reader.writesBatchSize }
            var layers: [Layer] = []
            for layer in contextMessage.metadata.edgeLayers {
                layers.append(try layerReader.read(layer, context: index, at: place))
            }
            let context = Context(operations: operations, layers: layers)
            try GroupReader.checkDDRPairs(context, at: place)
            contexts.append(context)
        }
        place.context = nil
        try GroupReader.checkUniqueNames(contexts, at: place)
        let engines = try GroupReader.configurationEngines(message.metadata, at: place)
        guard !contexts.isEmpty || preliminaryReader.writesBatchSize else {
            throw place.error(.hefInvalid, "it has no contexts, so there is nothing to run")
        }
        return CoreOp(
            name: Name(message.metadata.name), preliminary: preliminary, contexts: contexts,
            configurationEngines: engines,
            canFastBatchSwitch: !preliminaryReader.writesBatchSize && !firstContextWritesBatchSize,
            bottleneckFPS: message.metadata.bottleneckFPS)
    }

    private var operationReader: OperationReader {
        OperationReader(features: features, container: container, message: message)
    }

    /// Each DDR output needs exactly one input that agrees with it, and there are no others.
    private static func checkDDRPairs(_ context: Context, at place: Place) throws(HailoError) {
        let inputs = context.inputs(.ddr)
        let outputs = context.outputs(.ddr)
        guard inputs.count == outputs.count else {
            throw place.error(.hefInvalid, "it has \(inputs.count) DDR inputs and \(outputs.count) DDR outputs")
        }
        var byStream: [UInt8: [Layer]] = [:]
        for input in inputs { byStream[input.stream, default: []].append(input) }
        for output in outputs {
            guard case .ddr(let peer, _) = output.connection else { continue }
            let matching = byStream[peer.stream] ?? []
            guard matching.count == 1, let input = matching.first else {
                throw place.error(
                    .hefInvalid,
                    "the DDR output \"\(output.name)\" leads to stream \(peer.stream), which \(matching.count) inputs have"
                )
            }
            guard input.coreBytesPerBuffer == output.coreBytesPerBuffer,
                input.coreBuffersPerFrame == output.coreBuffersPerFrame
            else {
                throw place.error(
                    .hefInvalid,
                    "the DDR layers \"\(output.name)\" and \"\(input.name)\" have different rows: \(output.coreBuffersPerFrame) × "
                        + "\(output.coreBytesPerBuffer) and \(input.coreBuffersPerFrame) × \(counted(input.coreBytesPerBuffer, "byte"))"
                )
            }
        }
    }

    private static func checkUniqueNames(_ contexts: [Context], at place: Place) throws(HailoError) {
        var seen: Set<Name> = []
        for context in contexts {
            for layer in context.inputs(.boundary) + context.outputs(.boundary)
            where !seen.insert(layer.name).inserted {
                throw place.error(.hefInvalid, "two inputs or outputs are called \"\(layer.name)\"")
            }
        }
    }

    /// The DMA engine of each configuration channel; 0 channels means one.
    private static func configurationEngines(
        _ metadata: NetworkGroupMetadataMessage, at place: Place
    ) throws(HailoError) -> [UInt8] {
        let count = try place.narrow(metadata.configChannelsCount, UInt8.self, "cfg_channels_count")
        var engines: [UInt8] = []
        for index in 0..<UInt32(max(count, 1)) {
            let entry = metadata.configChannels.first { $0.index == index }
            engines.append(try place.narrow(entry?.engine ?? 0, UInt8.self, "cfg_channels_config.engine_id"))
        }
        return engines
    }

    // MARK: Names

    private func networkNames(_ group: NetworkGroupMessage, _ whole: CoreOpMessage, _ name: Name) -> [Name] {
        var names: Series<String> = []
        if features.multipleNetworks {
            if !group.networksNames.isEmpty {
                names = whole.networksNames
            } else if let partial = group.partialNetworkGroups.first {
                names = partial.networkGroup.networksNames
            }
        }
        return names.isEmpty ? [name.joined(with: name)] : names.map { name.joined(with: Name($0)) }
    }

    /// The order of the outputs, from the first place that states one.
    private func sortedOutputs(
        _ group: NetworkGroupMessage, _ whole: CoreOpMessage, at place: Place
    ) throws(HailoError) -> [Name] {
        func names(_ texts: Series<String>) -> [Name] { texts.map { Name($0) } }
        if whole.fusedLayers.isPresent { return names(whole.fusedLayers.sortedOutputNames) }
        if !features.netFlow, let partial = group.partialNetworkGroups.first?.networkGroup.sortedOutputsOrder,
            !partial.isEmpty
        {
            return names(partial)
        }
        if !group.sortedOutputsOrder.isEmpty { return names(group.sortedOutputsOrder) }
        let last = whole.contexts.last?.metadata.sortedOutputsOrder ?? []
        guard !last.isEmpty else {
            throw place.error(.hefInvalid, "it does not say in which order its outputs come (sorted_outputs_order)")
        }
        return names(last)
    }
}
