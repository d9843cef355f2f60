public import HailoBase
internal import HailoFormats

// Frames through a session.
extension Session {
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

    /// Sends frames and returns when they are on their way; it blocks, up to `milliseconds`, until there is room for them.
    /// The buffers have to stay until the job is over. `completion` is called once, on a thread of the session's; not if this
    /// throws. It may block and may submit more jobs.
    @discardableResult
    public func submit(
        count: Int = 1, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer],
        milliseconds: UInt64 = .max, completion: (@Sendable (HailoError?) -> Void)? = nil
    ) throws(HailoError) -> Job {
        let job = try prepare(count: count, inputs: inputs, outputs: outputs, completion: completion)
        try submit(job, until: Clock.deadline(milliseconds: milliseconds))
        return job
    }

    /// The first half of `submit`: a job that is not submitted yet. Its `submit` is the second half; a job that is not
    /// wanted any more is canceled.
    public func prepare(
        count: Int = 1, inputs: [UnsafeRawBufferPointer], outputs: [UnsafeMutableRawBufferPointer],
        completion: (@Sendable (HailoError?) -> Void)? = nil
    ) throws(HailoError) -> Job {
        try prepare(
            try ports, count: count, inputCount: inputs.count, outputCount: outputs.count, input: { inputs[$0] },
            output: { outputs[$0] }, completion: completion.map { .closure($0) } ?? .none)
    }

    /// Waits until all jobs are over. An incomplete batch is filled up.
    public func drain(milliseconds: UInt64) throws(HailoError) {
        try runner.drain(until: Clock.deadline(milliseconds: milliseconds))
    }

    /// Jobs that are not over, and frames that the chip has not finished.
    public var inFlight: (jobs: Int, frames: Int) { (runner.jobsInFlight, runner.framesInFlight) }

    // MARK: Buffers that are not in arrays

    package func run(
        count: Int, inputCount: Int, outputCount: Int, input: (Int) -> UnsafeRawBufferPointer,
        output: (Int) -> UnsafeMutableRawBufferPointer, milliseconds: UInt64
    ) throws(HailoError) {
        try run(
            try ports, count: count, inputCount: inputCount, outputCount: outputCount, input: input, output: output,
            milliseconds: milliseconds)
    }

    package func submit(
        count: Int, inputCount: Int, outputCount: Int, input: (Int) -> UnsafeRawBufferPointer,
        output: (Int) -> UnsafeMutableRawBufferPointer, milliseconds: UInt64, callback: CompletionCallback?
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
        output: (Int) -> UnsafeMutableRawBufferPointer, callback: CompletionCallback?
    ) throws(HailoError) -> Job {
        try prepare(
            try ports, count: count, inputCount: inputCount, outputCount: outputCount, input: input, output: output,
            completion: callback.map { .function($0) } ?? .none)
    }

    func run(
        _ ports: HostPorts, count: Int, inputCount: Int, outputCount: Int,
        input: (Int) -> UnsafeRawBufferPointer, output: (Int) -> UnsafeMutableRawBufferPointer, milliseconds: UInt64
    ) throws(HailoError) {
        let deadline = Clock.deadline(milliseconds: milliseconds)
        let job = try prepare(
            ports, count: count, inputCount: inputCount, outputCount: outputCount, input: input, output: output,
            completion: .none)
        try submit(job, until: deadline)
        try? runner.fillBatch(job.end, until: deadline)
        try job.finish(until: deadline)
    }

    /// A job that is submitted or not at all.
    func submit(_ job: Job, until deadline: UInt64) throws(HailoError) {
        do throws(HailoError) {
            try job.submit(until: deadline)
        } catch {
            job.discard()
            throw error
        }
    }

    func prepare(
        _ ports: HostPorts, count: Int, inputCount: Int, outputCount: Int,
        input: (Int) -> UnsafeRawBufferPointer, output: (Int) -> UnsafeMutableRawBufferPointer,
        completion: Completion
    ) throws(HailoError) -> Job {
        guard count >= 0 else { throw HailoError(.invalidArgument, "\(count) frames cannot be run") }
        try Session.check(inputCount, ports.inputs, count, "input") { input($0) }
        try Session.check(outputCount, ports.outputs, count, "output") { UnsafeRawBufferPointer(output($0)) }
        try runner.willBegin()
        let job = jobs.take()
        job.begin(count, ports, self, completion)
        for index in 0..<inputCount {
            let bytes = input(index)
            job.add(source: bytes, in: memory(of: bytes))
        }
        for index in 0..<outputCount {
            let bytes = output(index)
            job.add(target: bytes, in: memory(of: UnsafeRawBufferPointer(bytes)))
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
                    "the buffer of \(what) \"\(port.name)\" does not begin at a multiple of \(port.alignment), the "
                        + "size of its numbers")
            }
        }
    }
}
