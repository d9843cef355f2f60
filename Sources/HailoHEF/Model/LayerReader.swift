internal import HailoBase
internal import HailoFormats

/// Turns edge layer messages into layers, checking what the vendor's library checks, in its order.
struct LayerReader {
    /// The most bytes of a layer's name and of a network's.
    static let nameLimit = 127
    private static let networkNameLimit = 256

    let features: Features
    let architecture: CompiledArchitecture
    let coreOp: CoreOpMessage

    /// What a layer inherits from where it stands.
    private struct Surroundings {
        var direction: Direction
        var networkIndex: UInt8
        /// The last part of the network's name.
        var partialName: Name
        var pad: UInt32?
        var isInMux = false
        var planeIndex: UInt8 = 0
    }

    func read(_ message: EdgeLayerMessage, context: Int, at place: Place) throws(HailoError) -> Layer {
        var place = place
        place.layer = message.kind.info?.name ?? message.kind.mux?.name ?? message.kind.planes?.name ?? ""
        let direction: Direction = message.direction == 1 ? .output : .input
        switch message.contextSwitch.connection {
        case 0: return try boundary(message, direction, at: place)
        case 1: return try interContext(message, direction, at: place)
        case 2: return try ddr(message, direction, context: context, at: place)
        case 3: return try cache(message, direction, at: place)
        default:
            throw place.error(
                .hefInvalid, "edge_connection_type is \(message.contextSwitch.connection); it must be 0 to 3")
        }
    }

    private func surroundings(
        _ message: EdgeLayerMessage, _ direction: Direction, at place: Place
    ) throws(HailoError) -> Surroundings {
        let index = features.multipleNetworks ? UInt8(truncatingIfNeeded: message.network) : 0
        let partialName: String
        if features.multipleNetworks {
            guard Int(index) < coreOp.networksNames.count else {
                throw place.error(
                    .invalidArgument,
                    "it belongs to network \(index), but the file names \(counted(coreOp.networksNames.count, "network"))"
                )
            }
            partialName = coreOp.networksNames[Int(index)]
        } else {
            partialName = coreOp.metadata.name
        }
        return Surroundings(
            direction: direction, networkIndex: index, partialName: Name(partialName), pad: message.pad)
    }

    // MARK: Layers at the host

    private func boundary(
        _ message: EdgeLayerMessage, _ direction: Direction, at place: Place
    ) throws(HailoError) -> Layer {
        let surroundings = try surroundings(message, direction, at: place)
        // The type decides what is read. A member that is not there reads as one without contents.
        switch message.type {
        case 0: return try single(message.kind.info ?? LayerInfoMessage(), surroundings, at: place)
        case 1: return try mux(message.kind.mux ?? MuxMessage(), surroundings, at: place)
        case 2: return try planes(message.kind.planes ?? PlanesMessage(), surroundings, at: place)
        default:
            throw place.error(
                .unexpectedValue, "edge_layer_type is \(message.type); it must be 0 (info), 1 (mux) or 2 (planes)")
        }
    }

    private func checkNames(_ name: Name, _ surroundings: Surroundings, at place: Place) throws(HailoError) {
        try place.checkLength(of: name, atMost: LayerReader.nameLimit, "name of the layer")
        try place.checkLength(
            of: surroundings.partialName, atMost: LayerReader.networkNameLimit, "name of the layer's network")
    }

    private func networkName(_ surroundings: Surroundings) -> Name {
        Name(coreOp.metadata.name).joined(with: surroundings.partialName)
    }

    private func single(
        _ message: LayerInfoMessage, _ surroundings: Surroundings, at place: Place
    ) throws(HailoError) -> Layer {
        var place = place
        place.layer = message.name
        let name = Name(message.name)
        try checkNames(name, surroundings, at: place)
        let base = try LayerBase(
            message.base, self, isTransposed: message.isTransposed, mayHaveCorePadding: !surroundings.isInMux, at: place
        )
        let isOutput = surroundings.direction == .output
        let quantization = try QuantizationReader.read(
            message.numeric, base, perFeature: features.scalePerFeature, isOutput: isOutput, at: place)
        let buffer = try LayerReader.buffer(message.base, at: place)
        var kind = Layer.Kind.single
        if coreOp.fusedLayers.isPresent, let nms = base.nms, nms.isDefused {
            kind = .defused(into: try fusedLayer(nms.originalName, at: place))
        }
        return layer(
            name: name, surroundings, base, kind: kind, quantization.layer, quantization.features, buffer,
            originalNames: message.originalNames)
    }

    private func mux(
        _ message: MuxMessage, _ surroundings: Surroundings, at place: Place
    ) throws(HailoError) -> Layer {
        var place = place
        place.layer = message.name
        let name = Name(message.name)
        try checkNames(name, surroundings, at: place)
        let base = try LayerBase(message.base, self, isTransposed: false, mayHaveCorePadding: false, at: place)
        let buffer = try LayerReader.buffer(message.base, at: place)
        guard message.data.predecessorsCount <= UInt32(clamping: message.predecessors.count) else {
            throw place.error(
                .hefInvalid,
                "a mux announces \(counted(message.data.predecessorsCount, "predecessor")) and contains "
                    + "\(message.predecessors.count)"
            )
        }
        var inside = surroundings
        inside.isInMux = true
        var predecessors: [Layer] = []
        for predecessor in message.predecessors.prefix(Int(message.data.predecessorsCount)) {
            switch predecessor.kind {
            case .info(let info): predecessors.append(try single(info, inside, at: place))
            case .mux(let nested): predecessors.append(try mux(nested, inside, at: place))
            case .planes, .unset:
                throw place.error(.unexpectedValue, "a predecessor of a mux is neither a layer nor a mux")
            }
        }
        return layer(
            name: name, surroundings, base,
            kind: .mux(
                predecessors: predecessors, heightGCD: message.data.heightGCD,
                heightRatios: Array(message.data.heightRatios.prefix(predecessors.count))),
            .none, [], buffer, originalNames: message.originalNames)
    }

    private func planes(
        _ message: PlanesMessage, _ surroundings: Surroundings, at place: Place
    ) throws(HailoError) -> Layer {
        var place = place
        place.layer = message.name
        let order: Order
        switch message.format {
        case 0: order = .nv12
        case 1: order = .nv21
        case 2: order = .i420
        default:
            throw place.error(
                .hefInvalid, "planes_format is \(message.format); it must be 0 (NV12), 1 (NV21) or 2 (I420)")
        }
        let name = Name(message.name)
        try checkNames(name, surroundings, at: place)
        var planes: [Layer] = []
        for (index, plane) in message.planes.enumerated() {
            guard case .info(let info) = plane.kind else {
                throw place.error(.unexpectedValue, "plane \(index) is not a plain layer")
            }
            var inside = surroundings
            inside.planeIndex = try place.narrow(index, UInt8.self, "the number of planes")
            planes.append(try single(info, inside, at: place))
        }
        guard let first = planes.first else { throw place.error(.hefInvalid, "a planes layer has no planes") }
        guard planes.allSatisfy({ $0.dataBytes == first.dataBytes }) else {
            throw place.error(.hefInvalid, "its planes have numbers of different sizes")
        }
        let shape = Shape(message.height, message.width, message.features)
        return Layer(
            name: name, networkName: networkName(surroundings), networkIndex: surroundings.networkIndex,
            direction: surroundings.direction, connection: .boundary, kind: .planes(planes), stream: 0, engine: 0,
            shape: shape, hardwareShape: shape, format: Format(first.format.type, order), dataBytes: first.dataBytes,
            nms: nil, quantization: .none, quantizations: [.none], pad: surroundings.pad,
            originalNames: planes.flatMap { $0.originalNames }, coreBytesPerBuffer: 0, coreBuffersPerFrame: 0,
            hasCorePadding: false, maxShmifoSize: 0, bufferIndex: 0, bufferCluster: 0, planeIndex: 0)
    }

    private func layer(
        name: Name, _ surroundings: Surroundings, _ base: LayerBase, kind: Layer.Kind, _ quantization: Quantization,
        _ quantizations: [Quantization], _ buffer: ResourceIndicesMessage, originalNames: Series<String>
    ) -> Layer {
        Layer(
            name: name, networkName: networkName(surroundings), networkIndex: surroundings.networkIndex,
            direction: surroundings.direction, connection: .boundary, kind: kind, stream: base.stream,
            engine: base.engine, shape: base.shape, hardwareShape: base.hardwareShape, format: base.format,
            dataBytes: base.dataBytes, nms: base.nms, quantization: quantization, quantizations: quantizations,
            pad: surroundings.pad, originalNames: originalNames.map { Name($0) },
            coreBytesPerBuffer: base.coreBytesPerBuffer, coreBuffersPerFrame: base.coreBuffersPerFrame,
            hasCorePadding: base.hasCorePadding, maxShmifoSize: base.maxShmifoSize, bufferIndex: buffer.index,
            bufferCluster: buffer.cluster, planeIndex: surroundings.planeIndex)
    }

    /// Every layer at the host has to say where its buffer is.
    static func buffer(_ message: LayerBaseMessage, at place: Place) throws(HailoError) -> ResourceIndicesMessage {
        guard let first = message.bufferIndices.first else {
            throw place.error(.hefInvalid, "it does not say which buffer of the chip it uses (buffer_indices is empty)")
        }
        return first
    }

    /// The layer that the parts of a defused one make up.
    private func fusedLayer(_ name: Name, at place: Place) throws(HailoError) -> FusedLayer {
        guard let message = coreOp.fusedLayers.layers.first(where: { Name($0.layer.name) == name }) else {
            throw place.error(.notFound, "it is a part of the layer \"\(name)\", which the file does not list")
        }
        let format = try LayerBase.format(message.layer.base, at: place)
        let nms = try NmsReader.read(message.nms, features, architecture, at: place)
        try place.checkLength(of: name, atMost: LayerReader.nameLimit, "name of the fused layer")
        _ = try LayerReader.buffer(message.layer.base, at: place)
        return FusedLayer(name: name, format: format, nms: nms)
    }

    // MARK: Layers inside the model

    private func interContext(
        _ message: EdgeLayerMessage, _ direction: Direction, at place: Place
    ) throws(HailoError) -> Layer {
        let inner = try inner(message, direction, at: place)
        let format = try LayerBase.format(inner.base, at: place)
        guard let connected = message.contextSwitch.connectedContexts.first else {
            throw place.error(.hefInvalid, "a layer between contexts does not say which context it is connected to")
        }
        let peer = try LayerReader.peer(connected, at: place)
        return layer(inner, format, .interContext(peer))
    }

    private func ddr(
        _ message: EdgeLayerMessage, _ direction: Direction, context: Int, at place: Place
    ) throws(HailoError) -> Layer {
        let inner = try inner(message, direction, at: place)
        let connected = message.contextSwitch.connectedContexts
        guard connected.count == 1, let only = connected.first else {
            throw place.error(
                .hefInvalid, "a DDR layer is connected to \(connected.count) layers; it must be exactly one")
        }
        let peer = try LayerReader.peer(only, at: place)
        guard Int(peer.context) == context else {
            throw place.error(
                .hefInvalid, "a DDR layer of context \(context) is connected to context \(peer.context)")
        }
        let format = try LayerBase.format(inner.base, at: place)
        let rows = try place.narrow(message.contextSwitch.buffers, UInt16.self, "context_switch_info.buffers")
        return layer(inner, format, .ddr(peer, minimumRows: rows))
    }

    private func cache(
        _ message: EdgeLayerMessage, _ direction: Direction, at place: Place
    ) throws(HailoError) -> Layer {
        let inner = try inner(message, direction, at: place)
        let format = try LayerBase.format(inner.base, at: place)
        guard let id = UInt32(exactly: message.contextSwitch.cacheID) else {
            throw place.error(.hefInvalid, "cache_id is \(message.contextSwitch.cacheID); it may not be negative")
        }
        return layer(inner, format, .cache(id: id))
    }

    /// What all layers inside the model have in common.
    private struct Inner {
        let name: Name
        let surroundings: Surroundings
        let base: LayerBaseMessage
        let core: LayerBase.Core
    }

    private func inner(
        _ message: EdgeLayerMessage, _ direction: Direction, at place: Place
    ) throws(HailoError) -> Inner {
        guard message.type == 0 else {
            throw place.error(
                .hefInvalid, "a layer inside the model is not a plain layer (edge_layer_type \(message.type))")
        }
        let surroundings = try surroundings(message, direction, at: place)
        let info = message.kind.info ?? LayerInfoMessage()
        let core = try LayerBase.Core(info.base, corePadding: false, at: place)
        return Inner(name: Name(info.name), surroundings: surroundings, base: info.base, core: core)
    }

    private func layer(_ inner: Inner, _ format: Format, _ connection: Layer.Connection) -> Layer {
        let base = inner.base
        return Layer(
            name: inner.name, networkName: networkName(inner.surroundings),
            networkIndex: inner.surroundings.networkIndex, direction: inner.surroundings.direction,
            connection: connection, kind: .single, stream: inner.core.stream, engine: inner.core.engine,
            shape: Shape(base.height, base.width, base.features),
            hardwareShape: Shape(base.paddedHeight, base.paddedWidth, base.paddedFeatures), format: format,
            dataBytes: base.dataBytes, nms: nil, quantization: .none, quantizations: [], pad: nil, originalNames: [],
            coreBytesPerBuffer: inner.core.bytesPerBuffer, coreBuffersPerFrame: inner.core.buffersPerFrame,
            hasCorePadding: false, maxShmifoSize: base.maxShmifoSize, bufferIndex: 0, bufferCluster: 0, planeIndex: 0)
    }

    private static func peer(_ message: ConnectedContextMessage, at place: Place) throws(HailoError) -> Layer.Peer {
        let stream = try place.narrow(message.stream, UInt8.self, "connected_contexts.sys_index")
        let engine = try place.narrow(message.engine, UInt8.self, "connected_contexts.engine_id")
        let context = try place.narrow(message.index, UInt16.self, "connected_contexts.index")
        return Layer.Peer(context: context, stream: stream, engine: engine)
    }
}
