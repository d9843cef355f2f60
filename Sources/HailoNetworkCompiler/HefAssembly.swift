internal import HailoBase
internal import HailoFormats
internal import HailoCoreProgram
internal import HailoHEF
internal import HailoHEFWriter

/// Puts compiled contexts into the form of a HEF file.
struct HefAssembly {
    private let lowering: Lowering
    private let contexts: [CompiledContext]
    private let chip: Chip
    private var network: String { lowering.description.name }

    init(_ lowering: Lowering, _ contexts: [CompiledContext], _ chip: Chip) {
        self.lowering = lowering
        self.contexts = contexts
        self.chip = chip
    }

    /// The clusters that work in the emulated Hailo-8L, and in most real ones.
    private static let clusters: UInt32 = 0x33

    func file() throws(HailoError) -> [UInt8] {
        var builder = HefBuilder(version: 2, message: SmallModel.message(groups: []))
        builder.message.header.architecture = CompiledArchitecture(chip).code
        builder.message.header.compilerVersion = "emulated-core-1"
        // The first context runs when all others do, not with the preliminary one.
        builder.message.extensions.removeAll { $0.name == "KO_RUN_ASAP" }
        var group = NetworkGroupMessage()
        group.metadata.name = network
        group.metadata.configChannelsCount = 1
        group.sortedOutputsOrder = Series(lowering.outputs.map { layerName(lowering.values[$0.value].name) })
        // The firmware takes no empty context, so the preliminary one loads a word that nobody reads.
        group.preliminaryConfig.operations = [
            SmallModel.operation([write(Array("emulated".utf8), to: &builder.configuration)])
        ]
        for context in contexts { group.contexts.append(message(of: context, configuration: &builder.configuration)) }
        if chip == .hailo8l {
            var partial = PartialNetworkGroupMessage()
            partial.networkGroup = group
            partial.layout.clusterBitmap = HefAssembly.clusters
            group.partialNetworkGroups = [partial]
        }
        builder.message.networkGroups = [group]
        if !lowering.description.hostOps.isEmpty {
            var flow = NetFlow(group)
            for layer in lowering.description.hostOps {
                var op = HostOp(layer, of: lowering)
                try op.add(to: &flow, name: layerName)
            }
            flow.put(into: &builder.message)
        }
        return builder.build()
    }

    private func layerName(_ name: String) -> String { network + "/" + name }

    private func message(of context: CompiledContext, configuration: inout [UInt8]) -> ContextMessage {
        let program = write(context.program.encode(), to: &configuration)
        var message = ContextMessage()
        message.index = UInt32(context.number)
        message.operations = [
            SmallModel.operation(
                [program]
                    + context.edges.filter { HefAssembly.letsDataIn($0) }.map { edge in
                        var stream = IndexMessage()
                        stream.index = UInt32(edge.stream)
                        return ActionMessage(.allowInput(stream))
                    })
        ]
        message.metadata.edgeLayers = Series(context.edges.map { layer($0, of: context.number) })
        return message
    }

    /// Buffered rows come in on their own.
    private static func letsDataIn(_ edge: CompiledContext.Edge) -> Bool {
        if case .rows = edge.connection { false } else { !edge.isOutput }
    }

    private func write(_ bytes: [UInt8], to configuration: inout [UInt8]) -> ActionMessage {
        var pointer = WriteCcwPointerMessage()
        pointer.offset = UInt64(configuration.count)
        pointer.size = UInt32(bytes.count)
        configuration += bytes
        return ActionMessage(.writeCcwPointer(pointer))
    }

    private func layer(_ edge: CompiledContext.Edge, of context: Int) -> EdgeLayerMessage {
        let value = lowering.values[edge.value]
        let extent = edge.layout.extent
        var info = LayerInfoMessage()
        info.name = layerName(edge.name)
        info.originalNames = [edge.name]
        info.numeric.scale = Float(value.scale)
        info.numeric.zeroPoint = Float(value.zero)
        let lowest = Float(value.scale) * Float(-value.zero)
        info.numeric.minimum = lowest
        info.numeric.maximum = lowest + Float(value.scale) * (value.bits == 16 ? 65535 : 255)
        info.base.height = UInt32(extent.height)
        info.base.paddedHeight = UInt32(extent.height)
        info.base.width = UInt32(extent.width)
        info.base.paddedWidth = UInt32(edge.layout.paddedWidth)
        info.base.features = UInt32(extent.features)
        info.base.paddedFeatures = UInt32(edge.layout.paddedFeatures)
        info.base.format = edge.layout.format
        info.base.stream = UInt32(edge.stream)
        info.base.dataBytes = UInt32(edge.layout.bytes)
        info.base.coreBytesPerBuffer = UInt32(edge.layout.rowBytes)
        info.base.coreBuffersPerFrame = UInt32(extent.height)
        info.base.bufferIndices = [ResourceIndicesMessage()]
        var layer = EdgeLayerMessage()
        layer.direction = edge.isOutput ? 1 : 0
        switch edge.connection {
        case .boundary: break
        case .contexts(let peers):
            info.name += edge.isOutput ? "_to_context" : "_of_context\(peers.first?.context ?? 0)"
            layer.contextSwitch.connection = 1
            layer.contextSwitch.connectedContexts = Series(peers.map { peer($0.context, $0.stream) })
        case .rows(let stream, let count):
            layer.contextSwitch.connection = 2
            layer.contextSwitch.buffers = UInt32(count)
            layer.contextSwitch.connectedContexts = [peer(context, stream)]
        }
        layer.kind = .info(info)
        return layer
    }

    private func peer(_ context: Int, _ stream: Int) -> ConnectedContextMessage {
        var message = ConnectedContextMessage()
        message.index = UInt32(context)
        message.stream = UInt32(stream)
        return message
    }
}
