package import HailoBase
internal import HailoFormats

// Frames in the layout of the chip.
extension Session {
    /// A stream at the host. Its frames are in the layout of the chip.
    package struct RawStream: Equatable, Sendable {
        package let name: Name
        package let frameSize: Int

        package init(name: Name, frameSize: Int) {
            self.name = name
            self.frameSize = frameSize
        }
    }

    /// In the alphabetical order of their names.
    package var inputStreams: [RawStream] { Session.streams(rawPorts.inputs) }
    package var outputStreams: [RawStream] { Session.streams(rawPorts.outputs) }

    private static func streams(_ ports: [HostPort]) -> [RawStream] {
        ports.map { RawStream(name: $0.name, frameSize: $0.frameSize) }
    }

    /// The same as `run` with frames that are in the layout of the chip, stream by stream.
    package func runRaw(
        count: Int, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer],
        milliseconds: UInt64
    ) throws(HailoError) {
        try run(
            rawPorts, count: count, inputCount: inputs.count, outputCount: outputs.count, input: { inputs[$0] },
            output: { outputs[$0] },
            milliseconds: milliseconds)
    }

    package func submitRaw(
        count: Int, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer],
        milliseconds: UInt64, completion: (@Sendable (HailoError?) -> Void)? = nil
    ) throws(HailoError) -> Job {
        let job = try prepare(
            rawPorts, count: count, inputCount: inputs.count, outputCount: outputs.count, input: { inputs[$0] },
            output: { outputs[$0] },
            completion: completion.map { .closure($0) } ?? .none)
        try submit(job, until: Clock.deadline(milliseconds: milliseconds))
        return job
    }
}
