public import Base
internal import HEF
internal import Planner

// Frames through a session.
extension Session {
    /// The type of a tensor's numbers on the host.
    public enum HostType: Int32, Sendable {
        /// The model's own.
        case automatic = 0
        case uint8, uint16, float32
    }

    /// An input or output as the session exchanges it.
    public struct Port: Equatable, Sendable {
        public let name: String
        /// Bytes of one frame.
        public let frameSize: Int
        public let type: HostType
        /// The vendor's code of the order of its numbers.
        package let order: UInt32
    }

    private static func exported(_ port: HostPort) -> Port {
        Port(
            name: port.tensor.name.text, frameSize: port.frameSize,
            type: HostType(rawValue: Int32(bitPattern: port.format.type.rawValue)) ?? .automatic,
            order: port.format.order.rawValue)
    }

    /// What a frame consists of, in the order of the model's lists. Fails where the group's frames can only run raw.
    public var inputs: [Port] { get throws(HailoError) { try ports.get().inputs.map { Session.exported($0) } } }
    public var outputs: [Port] { get throws(HailoError) { try ports.get().outputs.map { Session.exported($0) } } }

    /// Chooses how an input or output is exchanged from the next run on. `order` is the vendor's code, 0 for the model's own.
    package func choose(_ name: String, isOutput: Bool, type: HostType, order: UInt32) throws(HailoError) {
        try runLock.withLock { () throws(HailoError) in
            try ports.get().choose(
                Name(name), isOutput: isOutput,
                Format(NumberType(rawValue: UInt32(bitPattern: type.rawValue)) ?? .automatic, Order(rawValue: order)))
        }
    }

    /// Passes frames through. Each buffer holds `count` frames of one input or output, in the order of `inputs` and
    /// `outputs`, in the chosen form. `milliseconds` is how long that may take altogether; after a failure the session has to
    /// be activated anew.
    public func run(
        count: Int, inputs buffers: [UnsafeRawBufferPointer], outputs targets: [UnsafeMutableRawBufferPointer],
        milliseconds: UInt64
    ) throws(HailoError) {
        try runLock.withLock { () throws(HailoError) in
            let ports = try ports.get()
            try Session.check(
                buffers.map { $0.count }, ports.inputs.map { ($0.tensor.name, $0.frameSize) }, count, "input")
            try Session.check(
                targets.map { $0.count }, ports.outputs.map { ($0.tensor.name, $0.frameSize) }, count, "output")
            let inputNames = rawStreams(isOutput: false).map { $0.name }
            let outputNames = rawStreams(isOutput: true).map { $0.name }
            try flow.run(
                count: padded(count), deadline: Clock.deadline(milliseconds: milliseconds),
                FrameFlow.Exchange(
                    input: { frame, stream throws(HailoError) in
                        // All streams of a frame are filled before the first of them is sent.
                        if stream == 0 {
                            try ports.send { index in
                                let size = ports.inputs[index].frameSize
                                let start = min(frame, count - 1) * size
                                return UnsafeRawBufferPointer(rebasing: buffers[index][start..<(start + size)])
                            }
                        }
                        return UnsafeRawBufferPointer(try ports.memory(of: inputNames[stream]))
                    },
                    output: { _, stream throws(HailoError) in try ports.memory(of: outputNames[stream]) },
                    delivered: { frame throws(HailoError) in
                        guard frame < count else { return }
                        try ports.receive { index in
                            let size = ports.outputs[index].frameSize
                            return UnsafeMutableRawBufferPointer(
                                rebasing: targets[index][(frame * size)..<((frame + 1) * size)])
                        }
                    }))
        }
    }

    /// With several contexts the chip works on whole batches: what is missing of the last one is made up.
    private func padded(_ count: Int) -> Int {
        let batch = info.contexts > 1 ? Int(activeBatch) : 1
        return (count + batch - 1) / batch * batch
    }

    // MARK: Raw

    /// A stream at the host. Its frames are in the layout of the chip.
    package struct RawStream: Equatable, Sendable {
        package let name: Name
        package let frameSize: Int

        package init(name: Name, frameSize: Int) {
            self.name = name
            self.frameSize = frameSize
        }
    }

    package var inputStreams: [RawStream] { rawStreams(isOutput: false) }
    package var outputStreams: [RawStream] { rawStreams(isOutput: true) }

    /// In the alphabetical order of their names.
    private func rawStreams(isOutput: Bool) -> [RawStream] {
        plan.channels.filter { $0.isOutput == isOutput }.map {
            RawStream(name: $0.stream, frameSize: Int($0.frameSize))
        }
    }

    /// The same with frames that are in the layout of the chip, stream by stream.
    package func runRaw(
        count: Int, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer],
        milliseconds: UInt64
    ) throws(HailoError) {
        try runLock.withLock { () throws(HailoError) in
            let (sources, targets) = (inputStreams, outputStreams)
            try Session.check(inputs.map { $0.count }, sources.map { ($0.name, $0.frameSize) }, count, "input")
            try Session.check(outputs.map { $0.count }, targets.map { ($0.name, $0.frameSize) }, count, "output")
            let waste = targets.map { UnsafeMutableRawBufferPointer.allocate(byteCount: $0.frameSize, alignment: 8) }
            defer { for buffer in waste { buffer.deallocate() } }
            try flow.run(
                count: padded(count), deadline: Clock.deadline(milliseconds: milliseconds),
                FrameFlow.Exchange(
                    input: { frame, stream in
                        let size = sources[stream].frameSize
                        let start = min(frame, count - 1) * size
                        return UnsafeRawBufferPointer(rebasing: inputs[stream][start..<(start + size)])
                    },
                    output: { frame, stream in
                        guard frame < count else { return waste[stream] }
                        let size = targets[stream].frameSize
                        return UnsafeMutableRawBufferPointer(
                            rebasing: outputs[stream][(frame * size)..<((frame + 1) * size)])
                    },
                    delivered: { _ in }))
        }
    }

    private static func check(
        _ sizes: [Int], _ frames: [(name: Name, size: Int)], _ count: Int, _ what: String
    ) throws(HailoError) {
        guard count >= 0 else { throw HailoError(.invalidArgument, "\(count) frames cannot be run") }
        guard sizes.count == frames.count else {
            throw HailoError(.invalidArgument, "there are \(sizes.count) \(what) buffers for \(frames.count) \(what)s")
        }
        for (size, frame) in zip(sizes, frames) {
            let (needed, overflows) = frame.size.multipliedReportingOverflow(by: count)
            guard !overflows, size == needed else {
                throw HailoError(
                    .invalidArgument,
                    "the buffer of \(what) \"\(frame.name)\" has \(size) bytes; \(count) frames of \(frame.size) bytes are "
                        + "needed")
            }
        }
    }
}
