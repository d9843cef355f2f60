internal import HailoBase
internal import HailoFormats
internal import HailoPlanner

/// The streams that the frames of a session travel by, and the ways between their rings and the memory of jobs.
///
/// What is counted here belongs to `Pipeline`, which guards it; the rest may be used by many threads, for different frames.
final class FrameStreams: @unchecked Sendable {
    private let inputs: [StreamQueue]
    private let outputs: [StreamQueue]
    /// Those of the outputs that bring boxes, by their index.
    let boxes: [BoxQueue?]
    private let memory = WorkingMemory()
    private var queueOfChannel = [StreamQueue?](repeating: nil, count: 32)
    /// How many frames the rings hold.
    let depth: Int

    static func make(_ queues: [StreamQueue]) throws(HailoError) -> FrameStreams {
        let streams = FrameStreams(queues)
        try streams.memory.check()
        return streams
    }

    private init(_ queues: [StreamQueue]) {
        inputs = queues.filter { $0.channel.direction == .input }
        outputs = queues.filter { $0.channel.direction == .output }
        boxes = outputs.map { [memory] queue in queue.channel.nms.map { BoxQueue(queue, $0, memory) } }
        depth = queues.filter { $0.channel.nms == nil }.map { $0.capacity }.min() ?? 1
        for queue in queues { queueOfChannel[Int(queue.channel.channel) & 31] = queue }
    }

    func queue(of channel: UInt8) -> StreamQueue? { queueOfChannel[Int(channel) & 31] }

    // MARK: Counted

    /// Begins again. No transfer is in flight, and nobody else uses the streams yet.
    func begin() throws(HailoError) {
        forget()
        try beginTurn()
    }

    /// Counts from 0 on.
    func forget() {
        for queue in inputs + outputs { queue.finished = 0 }
    }

    /// The channels begin again with their first descriptors; frames are counted on.
    func beginTurn() throws(HailoError) {
        for queue in inputs + outputs { queue.didEnable() }
        for box in boxes { try box?.begin() }
    }

    /// All frames up to this one have come back.
    func endTurn(_ delivered: Int) {
        for queue in inputs + outputs { queue.finished = delivered }
    }

    /// Whether the inputs' rings are free where this frame goes.
    func hasRoom(for number: Int) -> Bool { inputs.allSatisfy { number - $0.finished < $0.capacity } }

    /// Whether all outputs of a frame have come. It is the oldest.
    func isComplete(_ number: Int) -> Bool {
        for (stream, queue) in outputs.enumerated() {
            guard boxes[stream]?.isComplete ?? (queue.finished > number) else { return false }
        }
        return true
    }

    // MARK: To the chip

    /// Fills the rings with a frame of a job.
    func fill(_ number: Int, with frame: Int, of job: Job, _ ports: HostPorts) throws(HailoError) {
        try job.withAccess(.input) { () throws(HailoError) in
            try ports.send(
                { index in
                    let port = ports.inputs[index]
                    guard place(job, port, index, frame) == nil else { return nil }
                    return job.source(index, port.frameSize, frame)
                },
                fill: { stream, body throws(HailoError) in try inputs[stream].fill(number, body) })
        }
    }

    /// A frame that nobody wants.
    func fillWithZeros(_ number: Int) {
        for input in inputs {
            input.fill(number) { target in target.initializeMemory(as: UInt8.self, repeating: 0) }
        }
    }

    /// Starts the transfers of a frame, the outputs' first. It is frame `number` of the rings and `frame` of its job.
    func start(_ number: Int, _ frame: Int, of job: Job?) throws(HailoError) {
        for (stream, queue) in outputs.enumerated() where boxes[stream] == nil {
            try queue.start(number, direct(job, frame, job?.ports?.outputs, stream))
        }
        for (stream, queue) in inputs.enumerated() {
            try queue.start(number, direct(job, frame, job?.ports?.inputs, stream))
        }
        job?.didSend()
    }

    // MARK: From the chip

    /// Puts the outputs of a frame where its job wants them.
    func take(_ number: Int, into frame: Int, of job: Job, _ ports: HostPorts) throws(HailoError) {
        try job.withAccess(.output) { () throws(HailoError) in
            try ports.receive(
                { index in
                    let port = ports.outputs[index]
                    guard place(job, port, index, frame) == nil else { return nil }
                    return job.target(index, port.frameSize, frame)
                },
                contents: { stream in boxes[stream]?.contents ?? outputs[stream].contents(number) })
        }
    }

    /// Goes on to the next frame.
    func didDeliver() {
        for box in boxes { box?.next() }
    }

    // MARK: Without a copy

    private func direct(_ job: Job?, _ frame: Int, _ ports: [HostPort]?, _ stream: Int) -> MemoryPlace? {
        guard let job, let ports, job.usesDeviceMemory else { return nil }
        for (index, port) in ports.enumerated() where port.directStream == stream {
            return place(job, port, index, frame)
        }
        return nil
    }

    /// Where a frame of a port lies if the device reaches it by itself.
    private func place(_ job: Job, _ port: HostPort, _ index: Int, _ frame: Int) -> MemoryPlace? {
        guard let stream = port.directStream, let memory = job.memory(index, port.direction) else {
            return nil
        }
        let queue = port.direction == .output ? outputs[stream] : inputs[stream]
        let bytes =
            port.direction == .output
            ? UnsafeRawBufferPointer(job.target(index, port.frameSize, frame))
            : job.source(index, port.frameSize, frame)
        guard queue.channel.nms == nil, let place = memory.place(of: bytes),
            queue.canTransfer(place, of: memory.memory)
        else { return nil }
        return place
    }
}
