internal import Base
internal import HEF
internal import Tensors

/// All inputs and outputs of a session in the forms that its user exchanges them in, and the memory that frames pass through
/// on their way to and from the streams of the chip.
final class HostPorts: @unchecked Sendable {
    private struct StreamFrame {
        let name: Name
        let memory: UnsafeMutableRawBufferPointer
        let demultiplexer: Demultiplexer?
        let parts: [UnsafeMutableRawBufferPointer]
    }

    private(set) var inputs: [HostPort]
    private(set) var outputs: [HostPort]
    private var streams: [StreamFrame] = []
    private var scratch: UnsafeMutableRawBufferPointer

    private init(_ inputs: [HostPort], _ outputs: [HostPort]) {
        self.inputs = inputs
        self.outputs = outputs
        scratch = .allocate(byteCount: 64, alignment: 64)
    }

    deinit {
        for stream in streams {
            stream.memory.deallocate()
            for part in stream.parts { part.deallocate() }
        }
        scratch.deallocate()
    }

    /// The ports of a group, in the order in which the model lists its inputs and outputs.
    static func make(_ group: NetworkGroup, _ coreOp: CoreOp) throws(HailoError) -> HostPorts {
        var all: [HostPort] = []
        for layer in coreOp.boundaryInputs + coreOp.boundaryOutputs {
            if case .defused = layer.kind {
                throw HailoError(
                    .notImplemented,
                    "the boxes of group \"\(group.name)\" come by several streams, which this version does not put together; "
                        + "run it with raw frames")
            }
            all += try HostPort.ports(of: layer)
        }
        guard group.postOps.isEmpty else {
            throw HailoError(
                .notImplemented,
                "group \"\(group.name)\" leaves \(group.postOps[0].name) to the host, which this version does not do yet; run it "
                    + "with raw frames")
        }
        func ordered(_ tensors: [Tensor], isOutput: Bool) -> [HostPort] {
            tensors.compactMap { tensor in all.first { $0.tensor.name == tensor.name && $0.isOutput == isOutput } }
        }
        let ports = HostPorts(ordered(group.inputs(), isOutput: false), ordered(group.outputs(), isOutput: true))
        for layer in coreOp.boundaryInputs + coreOp.boundaryOutputs { try ports.addStreams(of: layer) }
        ports.fitScratch()
        return ports
    }

    private func addStreams(of layer: Layer) throws(HailoError) {
        for stream in layer.streams {
            let demultiplexer = stream.isMux ? try Demultiplexer(stream) : nil
            streams.append(
                StreamFrame(
                    name: stream.name, memory: .allocate(byteCount: Int(stream.hardwareFrameSize), alignment: 64),
                    demultiplexer: demultiplexer,
                    parts: (demultiplexer?.leaves ?? []).map { .allocate(byteCount: $0.size, alignment: 64) }))
        }
    }

    private func fitScratch() {
        let size = max((inputs + outputs).map { $0.scratchSize }.max() ?? 0, 64)
        scratch.deallocate()
        scratch = .allocate(byteCount: size, alignment: 64)
    }

    /// Chooses the form of an input or output.
    func choose(_ name: Name, isOutput: Bool, _ format: Format) throws(HailoError) {
        let ports = isOutput ? outputs : inputs
        guard let index = ports.firstIndex(where: { $0.tensor.name == name }) else {
            let known = ports.map { "\"\($0.tensor.name)\"" }.joined(separator: ", ")
            throw HailoError(
                .notFound, "there is no \(isOutput ? "output" : "input") \"\(name)\"; there are \(known)")
        }
        if isOutput { try outputs[index].choose(format) } else { try inputs[index].choose(format) }
        fitScratch()
    }

    // MARK: Frames

    /// The frame of a stream.
    func memory(of stream: Name) throws(HailoError) -> UnsafeMutableRawBufferPointer {
        try find(stream).memory
    }

    private func find(_ name: Name) throws(HailoError) -> StreamFrame {
        guard let stream = streams.first(where: { $0.name == name }) else {
            throw HailoError(.notFound, "there is no stream \"\(name)\"")
        }
        return stream
    }

    /// Fills the frames of all input streams. `frame` gives that of an input by its index.
    func send(_ frame: (Int) -> UnsafeRawBufferPointer) throws(HailoError) {
        for (index, port) in inputs.enumerated() {
            try port.send(frame(index), scratch) { name throws(HailoError) in try memory(of: name) }
        }
    }

    /// Takes all outputs out of the frames of the output streams. `frame` gives that of an output by its index.
    func receive(_ frame: (Int) -> UnsafeMutableRawBufferPointer) throws(HailoError) {
        for stream in streams {
            try stream.demultiplexer?.run(UnsafeRawBufferPointer(stream.memory), to: stream.parts)
        }
        for (index, port) in outputs.enumerated() {
            try port.receive(
                into: frame(index), scratch,
                stream: { name throws(HailoError) in UnsafeRawBufferPointer(try memory(of: name)) },
                part: { name, leaf throws(HailoError) in UnsafeRawBufferPointer(try find(name).parts[leaf]) })
        }
    }
}
