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
        /// What its frames consist of if they are lists of boxes.
        public let boxes: Boxes?
    }

    private static func exported(_ port: HostPort) -> Port {
        Port(
            name: port.name.text, frameSize: port.frameSize,
            type: HostType(rawValue: Int32(bitPattern: port.format.type.rawValue)) ?? .automatic,
            order: port.format.order.rawValue, boxes: port.boxes)
    }

    /// What a frame consists of, in the order of the model's lists. Fails where the group's frames can only run raw.
    public var inputs: [Port] { get throws(HailoError) { try ports.inputs.map { Session.exported($0) } } }
    public var outputs: [Port] { get throws(HailoError) { try ports.outputs.map { Session.exported($0) } } }

    /// How many there are.
    package var portCounts: (inputs: Int, outputs: Int) {
        get throws(HailoError) {
            let ports = try ports
            return (ports.inputs.count, ports.outputs.count)
        }
    }

    /// Chooses how an input or output is exchanged by jobs that are submitted from now on. `order` is the vendor's code, 0
    /// for the model's own.
    package func choose(_ name: String, isOutput: Bool, type: HostType, order: UInt32) throws(HailoError) {
        try choose(
            Name(name), isOutput: isOutput,
            Format(NumberType(rawValue: UInt32(bitPattern: type.rawValue)) ?? .automatic, Order(rawValue: order)))
    }

    // MARK: Running

    /// Passes frames through and waits for them. Each buffer holds `count` frames of one input or output, in the order of
    /// `inputs` and `outputs`, in the chosen form. `milliseconds` is how long that may take altogether; when the time is
    /// over, frames that come back later are dropped.
    public func run(
        count: Int, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer], milliseconds: UInt64
    ) throws(HailoError) {
        try run(
            count: count, inputCount: inputs.count, outputCount: outputs.count, input: { inputs[$0] },
            output: { outputs[$0] }, milliseconds: milliseconds)
    }

    /// Sends frames and returns when they are on their way; it waits, up to `milliseconds`, for as much room as they need.
    /// The buffers have to stay until the job is over. `completion` is called once, on a thread of the session's; not if this
    /// throws. It may take its time and may submit more.
    @discardableResult
    public func submit(
        count: Int = 1, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer],
        milliseconds: UInt64 = .max, completion: (@Sendable (HailoError?) -> Void)? = nil
    ) throws(HailoError) -> Job {
        let job = try prepare(
            try ports, count, inputs.count, outputs.count, input: { inputs[$0] }, output: { outputs[$0] },
            completion.map { .closure($0) } ?? .none)
        try submit(job, until: Clock.deadline(milliseconds: milliseconds))
        return job
    }

    /// Waits until all jobs are over. An incomplete batch is filled up.
    public func drain(milliseconds: UInt64) throws(HailoError) {
        try pipeline.drain(until: Clock.deadline(milliseconds: milliseconds))
    }

    /// Jobs that are not over, and frames that the chip has not finished.
    public var underWay: (jobs: Int, frames: Int) { (pipeline.jobsUnderWay, pipeline.framesUnderWay) }

    // MARK: For those who do not have their buffers in arrays

    /// What is called when a job is over, in the form of C.
    package struct Callback {
        package typealias Function =
            @convention(c) (
                _ context: UnsafeMutableRawPointer?, _ status: Int32, _ message: UnsafePointer<CChar>?
            ) -> Void

        let function: Function
        let context: UnsafeMutableRawPointer?

        package init(_ function: @escaping Function, _ context: UnsafeMutableRawPointer?) {
            self.function = function
            self.context = context
        }
    }

    package func run(
        count: Int, inputCount: Int, outputCount: Int, input: (Int) -> UnsafeRawBufferPointer,
        output: (Int) -> UnsafeMutableRawBufferPointer, milliseconds: UInt64
    ) throws(HailoError) {
        try run(
            try ports, count, inputCount, outputCount, input: input, output: output, milliseconds: milliseconds)
    }

    package func submit(
        count: Int, inputCount: Int, outputCount: Int, input: (Int) -> UnsafeRawBufferPointer,
        output: (Int) -> UnsafeMutableRawBufferPointer, milliseconds: UInt64, callback: Callback?
    ) throws(HailoError) -> Job {
        let job = try prepare(
            count: count, inputCount: inputCount, outputCount: outputCount, input: input, output: output,
            callback: callback)
        try submit(job, until: Clock.deadline(milliseconds: milliseconds))
        return job
    }

    /// A job that is not submitted yet. The caller submits or discards it.
    package func prepare(
        count: Int, inputCount: Int, outputCount: Int, input: (Int) -> UnsafeRawBufferPointer,
        output: (Int) -> UnsafeMutableRawBufferPointer, callback: Callback?
    ) throws(HailoError) -> Job {
        try prepare(
            try ports, count, inputCount, outputCount, input: input, output: output,
            callback.map { .function($0) } ?? .none)
    }

    private func run(
        _ ports: HostPorts, _ count: Int, _ inputCount: Int, _ outputCount: Int,
        input: (Int) -> UnsafeRawBufferPointer, output: (Int) -> UnsafeMutableRawBufferPointer, milliseconds: UInt64
    ) throws(HailoError) {
        let deadline = Clock.deadline(milliseconds: milliseconds)
        let job = try prepare(ports, count, inputCount, outputCount, input: input, output: output, .none)
        try submit(job, until: deadline)
        try? pipeline.fillBatch(job.end, until: deadline)
        try job.finish(until: deadline)
    }

    /// A job that is submitted or not at all.
    private func submit(_ job: Job, until deadline: UInt64) throws(HailoError) {
        do throws(HailoError) {
            try job.submit(until: deadline)
        } catch {
            job.discard()
            throw error
        }
    }

    private func prepare(
        _ ports: HostPorts, _ count: Int, _ inputCount: Int, _ outputCount: Int,
        input: (Int) -> UnsafeRawBufferPointer, output: (Int) -> UnsafeMutableRawBufferPointer,
        _ completion: Job.Completion
    ) throws(HailoError) -> Job {
        guard count >= 0 else { throw HailoError(.invalidArgument, "\(count) frames cannot be run") }
        try Session.check(inputCount, ports.inputs, count, "input") { input($0) }
        try Session.check(outputCount, ports.outputs, count, "output") { UnsafeRawBufferPointer(output($0)) }
        try pipeline.willBegin()
        let job = jobPool.take()
        job.begin(count, ports, self, completion)
        for index in 0..<inputCount {
            let bytes = input(index)
            job.add(source: bytes, in: device.buffers.find(bytes))
        }
        for index in 0..<outputCount {
            let bytes = output(index)
            job.add(target: bytes, in: device.buffers.find(UnsafeRawBufferPointer(bytes)))
        }
        return job
    }

    private static func check(
        _ count: Int, _ ports: [HostPort], _ frames: Int, _ what: StaticString,
        _ bytes: (Int) -> UnsafeRawBufferPointer
    ) throws(HailoError) {
        guard count == ports.count else {
            throw HailoError(
                .invalidArgument, "the number of \(what) buffers is \(count), that of \(what)s \(ports.count)")
        }
        for (index, port) in ports.enumerated() {
            let given = bytes(index)
            let (needed, overflows) = port.frameSize.multipliedReportingOverflow(by: frames)
            guard !overflows, given.count == needed else {
                throw HailoError(
                    .invalidArgument,
                    "the buffer of \(what) \"\(port.name)\" has \(counted(given.count, "byte")); "
                        + "\(counted(frames, "frame")) of \(counted(port.frameSize, "byte")) must fit exactly")
            }
            guard Int(bitPattern: given.baseAddress) % port.alignment == 0 else {
                throw HailoError(
                    .invalidArgument,
                    "the buffer of \(what) \"\(port.name)\" begins at no multiple of \(port.alignment), the size of its "
                        + "numbers")
            }
        }
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
            rawPorts, count, inputs.count, outputs.count, input: { inputs[$0] }, output: { outputs[$0] },
            milliseconds: milliseconds)
    }

    package func submitRaw(
        count: Int, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer],
        milliseconds: UInt64, completion: (@Sendable (HailoError?) -> Void)? = nil
    ) throws(HailoError) -> Job {
        let job = try prepare(
            rawPorts, count, inputs.count, outputs.count, input: { inputs[$0] }, output: { outputs[$0] },
            completion.map { .closure($0) } ?? .none)
        try submit(job, until: Clock.deadline(milliseconds: milliseconds))
        return job
    }
}
