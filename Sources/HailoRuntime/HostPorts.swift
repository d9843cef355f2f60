internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoPlanner
internal import HailoPostProcess
internal import HailoTensors

/// All inputs and outputs of a session in the forms that its user exchanges them in. It never changes: choosing another form
/// makes another object, and frames in flight keep theirs.
final class HostPorts: @unchecked Sendable {
    /// A stream of several outputs, and the memory that it is taken apart into.
    private struct Multiplexed {
        let stream: Int
        let demultiplexer: Demultiplexer
        let parts: [UnsafeMutableRawBufferPointer]

        init(_ stream: Int, _ demultiplexer: Demultiplexer, _ memory: WorkingMemory) {
            self.stream = stream
            self.demultiplexer = demultiplexer
            parts = demultiplexer.partSizes.map { memory.reserve(bytes: $0) }
        }
    }

    let inputs: [HostPort]
    let outputs: [HostPort]
    private let multiplexed: [Multiplexed]
    private let memory = WorkingMemory()
    private let inputScratch: ScratchPool
    private let outputScratch: UnsafeMutableRawBufferPointer

    private static func make(
        _ inputs: [HostPort], _ outputs: [HostPort], _ demultiplexers: [(Int, Demultiplexer)]
    ) throws(HailoError) -> HostPorts {
        let ports = HostPorts(inputs, outputs, demultiplexers)
        try ports.memory.check()
        return ports
    }

    private init(_ inputs: [HostPort], _ outputs: [HostPort], _ demultiplexers: [(Int, Demultiplexer)]) {
        self.inputs = inputs
        self.outputs = outputs
        let memory = memory
        multiplexed = demultiplexers.map { Multiplexed($0.0, $0.1, memory) }
        inputScratch = ScratchPool(size: inputs.map { $0.scratchSize }.max() ?? 0)
        outputScratch = memory.reserve(bytes: outputs.map { $0.scratchSize }.max() ?? 0)
    }

    /// The ports of a group, in the order in which the model lists its inputs and outputs.
    static func make(_ plan: Plan) throws(HailoError) -> HostPorts {
        let (group, coreOp, channels) = (plan.networkGroup, plan.contents, plan.channels)
        var all: [HostPort] = []
        var demultiplexers: [(Int, Demultiplexer)] = []
        let layers = coreOp.boundaryInputs + coreOp.boundaryOutputs
        for layer in layers {
            let names = channels.filter { $0.direction == layer.direction }.map { $0.stream }
            func number(_ name: Name) throws(HailoError) -> Int {
                guard let index = names.firstIndex(of: name) else {
                    throw HailoError(.notFound, "there is no stream \"\(name)\"")
                }
                return index
            }
            if case .defused(let fused) = layer.kind {
                guard !all.contains(where: { $0.name == fused.name && $0.direction == .output }) else { continue }
                let parts = layers.filter { $0.visibleNames == [fused.name] && $0.nms != nil }
                all.append(try HostPort.fused(parts) { name throws(HailoError) in try number(name) })
                continue
            }
            all += try HostPort.ports(of: layer) { name throws(HailoError) in try number(name) }
            for stream in layer.streams where stream.isMux {
                demultiplexers.append((try number(stream.name), Demultiplexer(try MuxLayout(stream))))
            }
        }
        let outputs = channels.filter { $0.direction == .output }.map { $0.stream }
        for op in group.postOps {
            all.append(
                try HostPort.processed(
                    op,
                    layer: { name throws(HailoError) in
                        guard let layer = coreOp.boundaryOutputs.first(where: { $0.name == name }) else {
                            throw HailoError(.notFound, "there is no output \"\(name)\" for \(op.name)")
                        }
                        return layer
                    },
                    stream: { name throws(HailoError) in
                        guard let index = outputs.firstIndex(of: name) else {
                            throw HailoError(.notFound, "there is no stream \"\(name)\"")
                        }
                        return index
                    }))
        }
        func ordered(_ tensors: [Tensor], _ direction: Direction) -> [HostPort] {
            tensors.compactMap { tensor in all.first { $0.name == tensor.name && $0.direction == direction } }
        }
        return try make(
            ordered(group.inputs(), .input), ordered(group.outputs(), .output), demultiplexers)
    }

    /// The streams just as the chip has them.
    static func raw(_ channels: [BoundaryChannel]) throws(HailoError) -> HostPorts {
        func ports(_ direction: Direction) -> [HostPort] {
            channels.filter { $0.direction == direction }.enumerated().map { index, channel in
                HostPort(raw: channel.stream, direction, stream: index, frameSize: Int(channel.frameSize))
            }
        }
        return try make(ports(.input), ports(.output), [])
    }

    /// Where an input or output stands.
    func index(of name: Name, _ direction: Direction) throws(HailoError) -> Int {
        let ports = direction == .output ? outputs : inputs
        guard let index = ports.firstIndex(where: { $0.name == name }) else {
            let known = ports.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw HailoError(
                .notFound, "there is no \(direction.name) \"\(name)\"; there are \(known)")
        }
        return index
    }

    /// The same with another form of one input or output.
    func choosing(_ format: Format, of direction: Direction, named name: Name) throws(HailoError) -> HostPorts {
        var (inputs, outputs) = (inputs, outputs)
        let index = try index(of: name, direction)
        if direction == .output { try outputs[index].choose(format) } else { try inputs[index].choose(format) }
        return try HostPorts.make(inputs, outputs, multiplexed.map { ($0.stream, $0.demultiplexer) })
    }

    /// The same with other detections.
    func choosing(_ settings: DetectionSettings, ofOutput name: Name) throws(HailoError) -> HostPorts {
        var outputs = outputs
        try outputs[try index(of: name, .output)].choose(settings)
        return try HostPorts.make(inputs, outputs, multiplexed.map { ($0.stream, $0.demultiplexer) })
    }

    // MARK: Frames

    /// Fills the frames of input streams with the inputs that `frame` gives by their index; nil for those that need nothing.
    /// May be called by several threads.
    func send(
        _ frame: (Int) -> UnsafeRawBufferPointer?,
        fill: (Int, (UnsafeMutableRawBufferPointer) throws(HailoError) -> Void) throws(HailoError) -> Void
    ) throws(HailoError) {
        try inputScratch.with { scratch throws(HailoError) in
            for index in inputs.indices {
                guard let source = frame(index) else { continue }
                try inputs[index].send(source, scratch, fill: fill)
            }
        }
    }

    /// Takes the outputs out of the frames of the output streams, into the memory that `frame` gives by their index; nil for
    /// those that are there already. Called by one thread.
    func receive(
        _ frame: (Int) -> UnsafeMutableRawBufferPointer?, contents: (Int) -> UnsafeRawBufferPointer
    ) throws(HailoError) {
        for stream in multiplexed { try stream.demultiplexer.run(contents(stream.stream), to: stream.parts) }
        for index in outputs.indices {
            guard let target = frame(index) else { continue }
            try outputs[index].receive(
                into: target, outputScratch, contents: contents,
                part: { stream, leaf in
                    multiplexed.first { $0.stream == stream }.map { UnsafeRawBufferPointer($0.parts[leaf]) }
                        ?? UnsafeRawBufferPointer(start: nil, count: 0)
                })
        }
    }
}

extension Demultiplexer {
    fileprivate init(_ layout: MuxLayout) {
        self.init(frameSize: layout.frameSize, partSizes: layout.leaves.map { $0.size }, pieces: layout.pieces)
    }
}
