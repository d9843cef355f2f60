internal import HailoBase
internal import HailoFormats
internal import HailoFirmware
internal import HailoHEF

/// A layer of a context together with what it got for its data: a channel, a list and registers.
struct Edge {
    let layer: Layer
    let channel: UInt8
    let registers: PeripheryRegisters
    let buffer: HostBuffer
    /// Entries of a cache that are written at once.
    var cacheLength: UInt16 = 0

    var place: StreamChannel { StreamChannel(channel: channel, stream: layer.stream, network: layer.networkIndex) }

    var direction: Direction { layer.direction }

    var isInterContext: Bool { if case .interContext = layer.connection { true } else { false } }
    var isBoundary: Bool { layer.connection == .boundary }
}

/// Two channels of one context that rows go out and come back by.
struct DDRPair {
    let hostToDevice: UInt8
    let deviceToHost: UInt8
    let hostToDeviceStream: UInt8
    let deviceToHostStream: UInt8
    let network: UInt8
    let buffer: HostBuffer
    let descriptorsPerFrame: UInt32
}

/// All layers of one context, in the order in which they got their channels.
struct ContextEdges {
    private(set) var edges: [Edge] = []
    var pairs: [DDRPair] = []

    enum StreamCheck {
        /// One layer to a stream.
        case unique
        /// An input and an output may share one.
        case perDirection
        /// The layers are of several contexts.
        case none
    }

    mutating func add(_ edge: Edge, _ check: StreamCheck, at place: Refusal) throws(HailoError) {
        guard !edges.contains(where: { $0.channel == edge.channel }) else {
            throw place.error(.hefInvalid, "two layers of one context share channel \(edge.channel)")
        }
        if check != .none {
            let sharing = edges.filter { $0.layer.stream == edge.layer.stream }
            let isAllowed =
                sharing.isEmpty
                || check == .perDirection && sharing.count == 1 && sharing[0].layer.isOutput != edge.layer.isOutput
            guard isAllowed else {
                throw place.error(
                    .hefInvalid, "stream \(edge.layer.stream) belongs to layer \"\(sharing[0].layer.name)\" as well")
            }
        }
        edges.append(edge)
    }

    func select(_ selection: Context.Selection, direction: Direction) -> [Edge] {
        edges.filter { edge in
            guard edge.layer.direction == direction else { return false }
            switch (edge.layer.connection, selection) {
            case (.boundary, .boundary), (.interContext, .interContext), (.ddr, .ddr), (.cache, .cache): return true
            default: return false
            }
        }
    }

    func edge(stream: UInt8, direction: Direction) -> Edge? {
        edges.first { $0.layer.stream == stream && $0.layer.direction == direction }
    }

    // MARK: Actions

    /// What switches the layers on. Those at the host are left out where they are on already.
    func activations(withBoundaries: Bool) -> [ContextAction] {
        var actions: [ContextAction] = []
        for edge in select(.ddr, direction: .output) {
            guard case .ddr(_, let rows) = edge.layer.connection else { continue }
            actions.append(
                .activateDDROutput(
                    edge.place, registers: edge.registers.registers, buffer: edge.buffer, bufferedRows: UInt32(rows)))
        }
        for edge in withBoundaries ? select(.boundary, direction: .output) : [] {
            actions.append(
                .activateBoundaryOutput(edge.place, registers: edge.registers.registers, buffer: edge.buffer))
        }
        for edge in select(.interContext, direction: .output) {
            actions.append(
                .activateInterContextOutput(edge.place, registers: edge.registers.registers, buffer: edge.buffer))
        }
        for edge in select(.cache, direction: .output) {
            actions.append(
                .activateCacheOutput(
                    edge.place, registers: edge.registers.registers, buffer: edge.buffer, batchSize: edge.cacheLength))
        }
        for edge in select(.ddr, direction: .input) {
            guard let pair = pairs.first(where: { $0.hostToDevice == edge.channel }) else { continue }
            actions.append(
                .activateDDRInput(
                    edge.place, registers: edge.registers.registers, buffer: edge.buffer,
                    initialCredit: edge.registers.initialCredit, connectedChannel: pair.deviceToHost))
        }
        for edge in withBoundaries ? select(.boundary, direction: .input) : [] {
            actions.append(
                .activateBoundaryInput(
                    edge.place, registers: edge.registers.registers, buffer: edge.buffer,
                    initialCredit: edge.registers.initialCredit))
        }
        // The vendor's library does not fill in the network of these two.
        for edge in select(.interContext, direction: .input) {
            actions.append(
                .activateInterContextInput(
                    StreamChannel(channel: edge.channel, stream: edge.layer.stream, network: 0),
                    registers: edge.registers.registers, buffer: edge.buffer,
                    initialCredit: edge.registers.initialCredit))
        }
        for edge in select(.cache, direction: .input) {
            actions.append(
                .activateCacheInput(
                    StreamChannel(channel: edge.channel, stream: edge.layer.stream, network: 0),
                    registers: edge.registers.registers, buffer: edge.buffer,
                    initialCredit: edge.registers.initialCredit))
        }
        return actions
    }

    /// Starts the exchange of rows.
    func ddrStart() -> [ContextAction] {
        let pairs = pairs.map {
            ContextAction.addDDRPair(
                hostToDevice: $0.hostToDevice, deviceToHost: $0.deviceToHost, network: $0.network,
                descriptorsPerFrame: $0.descriptorsPerFrame,
                programmedDescriptors: UInt16(truncatingIfNeeded: $0.buffer.descriptorCount))
        }
        return pairs.isEmpty ? [] : pairs + [ContextAction(.startDDRBuffering)]
    }

    /// Switches off what is not at the host.
    func deactivations(checkHostEmpty: Bool) -> [ContextAction] {
        edges.filter { !$0.isBoundary }.map {
            .deactivateChannel(
                $0.channel, $0.direction, checkHostEmpty: checkHostEmpty && $0.isInterContext,
                initialCredit: $0.registers.initialCredit)
        }
    }

    /// Fills in the channels that the model's actions name by their streams.
    func resolve(_ draft: ActionDraft, at place: Refusal) throws(HailoError) -> ContextAction? {
        func found(_ stream: UInt8, direction: Direction, _ what: String) throws(HailoError) -> Edge {
            guard let edge = edge(stream: stream, direction: direction) else {
                throw place.error(.hefInvalid, "it \(what) stream \(stream), which is not one of its layers")
            }
            return edge
        }
        switch draft {
        case .none, .configuration:
            return nil
        case .ready(let action):
            return action
        case .waitForOutput(let stream):
            let edge = try found(stream, direction: .output, "waits for the output of")
            return .waitForOutputTransfer(edge.place, isInterContext: edge.isInterContext)
        case .waitForIdle(let stream):
            let edge = try found(stream, direction: .output, "waits for the output of")
            return .waitForDMAIdle(channel: edge.channel, stream: stream, isInterContext: edge.isInterContext)
        case .allowInput(let stream):
            let edge = try found(stream, direction: .input, "lets data in from")
            switch edge.layer.connection {
            case .boundary:
                return .fetchData(edge.place, credit: .bytes(edge.registers.registers.peripheryFrameSize))
            case .interContext:
                let page = UInt32(edge.buffer.pageSize)
                return .fetchData(
                    edge.place, credit: .descriptors((edge.buffer.bytesInPattern &- 1) / page + 1))
            case .cache:
                return .fetchData(edge.place, credit: .descriptors(edge.buffer.descriptorCount - 1))
            case .ddr:
                throw place.error(.hefInvalid, "it lets data in from stream \(stream), which rows come back by")
            }
        }
    }
}
