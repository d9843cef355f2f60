internal import HailoBase
internal import HailoFirmware
internal import HailoHEF
internal import HailoFormats

// Gives the layers of a context their channels, lists and registers.
extension GroupPlanner {
    private var largestPage: Int { Int(target.descriptorPageSize) }

    private func registers(_ layer: Layer, page: UInt32, at place: Refusal) throws(HailoError) -> PeripheryRegisters {
        try PeripheryRegisters(
            layer, page: Int(page), target: target, features: file.features, largestBuffer: largestBuffer,
            powerMode: options.powerMode, at: place)
    }

    private var streamCheck: ContextEdges.StreamCheck {
        file.features.dualDirectionStreams ? .perDirection : .unique
    }

    private func hostBuffer(_ list: IntermediateBuffers.List, pattern: UInt32) -> HostBuffer {
        HostBuffer(
            list: list.index, pageSize: UInt16(list.size.pageSize), descriptorCount: list.size.count,
            bytesInPattern: pattern)
    }

    /// All layers of a dynamic context. What it uses inside the model is free for the next context afterwards.
    mutating func fill(_ context: Context, _ number: Int, at place: Refusal) throws(HailoError) -> ContextEdges {
        var edges = ContextEdges()
        try addDDROutputs(context, number, to: &edges, at: place)
        try addBoundaries(context.outputs(.boundary), to: &edges, streamCheck, at: place)
        try addInterContextOutputs(context, number, to: &edges, at: place)
        try addCaches(context.outputs(.cache), to: &edges, at: place)
        try addDDRInputs(context, to: &edges, at: place)
        try addBoundaries(context.inputs(.boundary), to: &edges, streamCheck, at: place)
        try addInterContextInputs(context, to: &edges, at: place)
        try addCaches(context.inputs(.cache), to: &edges, at: place)
        for layer in context.layers where layer.connection != .boundary {
            if case .ddr(let peer, _) = layer.connection {
                guard layer.isOutput else { continue }
                channels.free(GroupPlanner.ddrInputUse(layer, peer))
            }
            channels.free(ChannelAllocator.Use(layer))
        }
        return edges
    }

    /// What of a dynamic context stays on while its batch size changes.
    mutating func fillForBatchSwitching(
        _ context: Context, _ number: Int, at place: Refusal
    ) throws(HailoError) -> ContextEdges {
        var edges = ContextEdges()
        try addDDROutputs(context, number, to: &edges, at: place)
        try addBoundaries(context.outputs(.boundary), to: &edges, streamCheck, at: place)
        try addInterContextOutputs(context, number, to: &edges, at: place)
        try addDDRInputs(context, to: &edges, at: place)
        try addBoundaries(context.inputs(.boundary), to: &edges, streamCheck, at: place)
        return edges
    }

    mutating func addBoundaries(
        _ layers: [Layer], to edges: inout ContextEdges, _ check: ContextEdges.StreamCheck, at place: Refusal
    ) throws(HailoError) {
        for layer in layers.flatMap({ $0.streams }) {
            let place = place.at(layer.name)
            guard let boundary = boundary(of: layer) else { continue }
            let edge = Edge(
                layer: layer, channel: boundary.channel,
                registers: try registers(layer, page: boundary.size.pageSize, at: place),
                buffer: HostBuffer(
                    list: boundary.list, pageSize: UInt16(boundary.size.pageSize),
                    descriptorCount: boundary.size.count, bytesInPattern: layer.transferSize))
            try edges.add(edge, check, at: place)
        }
    }

    private mutating func addInterContextOutputs(
        _ context: Context, _ number: Int, to edges: inout ContextEdges, at place: Refusal
    ) throws(HailoError) {
        for layer in context.outputs(.interContext) {
            let place = place.at(layer.name)
            let channel = try GroupPlanner.allocate(
                ChannelAllocator.Use(layer), &channels, "what it hands to another context", at: place)
            let list = try intermediate.fill(
                layer, of: IntermediateBuffers.Producer(context: number, stream: layer.stream),
                transferSize: layer.transferSize, batch: batches[layer.networkName] ?? 1, channel: channel,
                isDDR: false, target: target, memory: &memory, at: place)
            let edge = Edge(
                layer: layer, channel: channel, registers: try registers(layer, page: list.size.pageSize, at: place),
                buffer: hostBuffer(list, pattern: layer.transferSize))
            try edges.add(edge, streamCheck, at: place)
        }
    }

    private mutating func addInterContextInputs(
        _ context: Context, to edges: inout ContextEdges, at place: Refusal
    ) throws(HailoError) {
        for layer in context.inputs(.interContext) {
            guard case .interContext(let peer) = layer.connection else { continue }
            let place = place.at(layer.name)
            let channel = try GroupPlanner.allocate(
                ChannelAllocator.Use(layer), &channels, "what it takes from another context", at: place)
            let list = try intermediate.filled(
                by: IntermediateBuffers.Producer(context: Int(peer.context), stream: peer.stream), at: place)
            let edge = Edge(
                layer: layer, channel: channel, registers: try registers(layer, page: list.size.pageSize, at: place),
                buffer: hostBuffer(list, pattern: layer.transferSize))
            try edges.add(edge, streamCheck, at: place)
        }
    }

    /// The channel by which rows come back, which is reserved together with the one by which they go.
    private static func ddrInputUse(_ output: Layer, _ peer: Layer.Peer) -> ChannelAllocator.Use {
        ChannelAllocator.Use(kind: .ddr, direction: .input, name: output.name, stream: peer.stream)
    }

    private mutating func addDDROutputs(
        _ context: Context, _ number: Int, to edges: inout ContextEdges, at place: Refusal
    ) throws(HailoError) {
        for layer in context.outputs(.ddr) {
            guard case .ddr(let peer, let rows) = layer.connection else { continue }
            let place = place.at(layer.name)
            guard file.features.paddedDDRBuffers else {
                throw place.error(
                    .hefUnsupported,
                    "it buffers rows in a form that is no longer supported (extension PADDED_DDR_BUFFERS is missing); "
                        + "compile the model with a newer version")
            }
            let back = try GroupPlanner.allocate(
                GroupPlanner.ddrInputUse(layer, peer), &channels, "rows that come back", at: place)
            let channel = try GroupPlanner.allocate(
                ChannelAllocator.Use(layer), &channels, "rows that wait", at: place)
            let row = UInt32(layer.coreBytesPerBuffer)
            guard row > 0, row % 512 == 0 else {
                throw place.error(.hefInvalid, "its rows of \(counted(row, "byte")) are not a multiple of 512 bytes")
            }
            let list = try intermediate.fill(
                layer, of: IntermediateBuffers.Producer(context: number, stream: layer.stream), transferSize: row,
                batch: UInt32(rows), channel: channel, isDDR: true, target: target, memory: &memory, at: place)
            let buffer = hostBuffer(list, pattern: row)
            edges.pairs.append(
                DDRPair(
                    hostToDevice: back, deviceToHost: channel, hostToDeviceStream: peer.stream,
                    deviceToHostStream: layer.stream, network: layer.networkIndex, buffer: buffer,
                    descriptorsPerFrame: row / list.size.pageSize * UInt32(layer.coreBuffersPerFrame)))
            let edge = Edge(
                layer: layer, channel: channel, registers: try registers(layer, page: list.size.pageSize, at: place),
                buffer: buffer)
            try edges.add(edge, streamCheck, at: place)
        }
    }

    private func addDDRInputs(
        _ context: Context, to edges: inout ContextEdges, at place: Refusal
    ) throws(HailoError) {
        for layer in context.inputs(.ddr) {
            guard case .ddr(let peer, _) = layer.connection else { continue }
            let place = place.at(layer.name)
            guard let pair = edges.pairs.first(where: { $0.deviceToHostStream == peer.stream }) else {
                throw place.error(.hefInvalid, "no layer of this context sends the rows of stream \(peer.stream)")
            }
            guard pair.hostToDeviceStream == layer.stream, pair.network == layer.networkIndex else {
                throw place.error(
                    .hefInvalid,
                    "the layer that sends its rows names stream \(pair.hostToDeviceStream) or another network")
            }
            let edge = Edge(
                layer: layer, channel: pair.hostToDevice,
                registers: try registers(layer, page: UInt32(pair.buffer.pageSize), at: place), buffer: pair.buffer)
            try edges.add(edge, streamCheck, at: place)
        }
    }

    private mutating func addCaches(
        _ layers: [Layer], to edges: inout ContextEdges, at place: Refusal
    ) throws(HailoError) {
        for layer in layers {
            let place = place.at(layer.name)
            let channel = try GroupPlanner.allocate(ChannelAllocator.Use(layer), &channels, "its cache", at: place)
            guard batches[layer.networkName] ?? 1 == 1 else {
                throw place.error(
                    .invalidArgument, "networks with caches run one frame at a time; choose a batch size of 1")
            }
            let cache = try caches.side(of: layer, channel: channel, target: target, memory: &memory, at: place)
            let page = cache.side.size.pageSize
            let edge = Edge(
                layer: layer, channel: channel, registers: try registers(layer, page: page, at: place),
                buffer: HostBuffer(
                    list: cache.side.index, pageSize: UInt16(page), descriptorCount: cache.side.size.count,
                    bytesInPattern: cache.pattern),
                cacheLength: layer.isOutput ? UInt16(truncatingIfNeeded: cache.length) : 0)
            try edges.add(edge, streamCheck, at: place)
        }
    }
}
