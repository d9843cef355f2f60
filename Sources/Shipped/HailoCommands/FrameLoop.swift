internal import HailoBase
internal import Hailo

/// Passes frames of files through a session, with some of them in flight at a time, and writes what comes out to files.
struct FrameLoop {
    /// An input or output of the session in the form in which it runs.
    struct Stream {
        let name: String
        let frameSize: Int
        /// Where frames come from; nil for zeros. Or the folder that they go to; nil for nowhere.
        let path: String?
    }

    /// The memory of one frame in flight.
    private struct Slot {
        let inputs: [UnsafeMutableRawBufferPointer]
        let outputs: [UnsafeMutableRawBufferPointer]
        var job: Job?
        var start: UInt64 = 0

        init(_ inputs: [Stream], _ outputs: [Stream], _ memory: WorkingMemory) {
            self.inputs = inputs.map { memory.reserve(bytes: $0.frameSize) }
            self.outputs = outputs.map { memory.reserve(bytes: $0.frameSize) }
        }
    }

    private let session: Session
    private let isRaw: Bool
    private let sources: [FrameFile.Source]
    private let sinks: [FrameFile.Sink]
    private var slots: [Slot]
    private let memory = WorkingMemory()
    private let milliseconds: UInt64
    /// Shows what the frames contain.
    var view: DetectionView?
    private(set) var timing = FrameTiming()

    init(
        _ session: Session, isRaw: Bool, inputs: [Stream], outputs: [Stream], depth: Int, milliseconds: UInt64
    ) throws(HailoError) {
        self.session = session
        self.isRaw = isRaw
        self.milliseconds = milliseconds
        var sources: [FrameFile.Source] = []
        for stream in inputs { sources.append(try FrameFile.Source(stream.path, frameSize: stream.frameSize)) }
        self.sources = sources
        var sinks: [FrameFile.Sink] = []
        for stream in outputs { sinks.append(try FrameFile.Sink(stream.path, stream.name)) }
        self.sinks = sinks
        // More than the session holds are never in flight.
        slots = (0..<max(min(depth, session.info.queueDepth), 1)).map { [memory] _ in Slot(inputs, outputs, memory) }
        try memory.check()
    }

    /// Gives the files back. No frame is in flight.
    func close() {
        for sink in sinks { sink.close() }
    }

    /// How many frames the longest of the input files has; 1 without any.
    var frameCount: Int { sources.map { $0.count }.max() ?? 1 }

    /// Runs `count` frames. `progress` is told now and then how many are done.
    mutating func run(_ count: Int, progress: (Int) -> Void) throws(HailoError) {
        timing = FrameTiming()
        do throws(HailoError) {
            for frame in 0..<count {
                let slot = frame % slots.count
                if slots[slot].job != nil { try finish(frame - slots.count) }
                for (source, buffer) in zip(sources, slots[slot].inputs) { source.read(frame, into: buffer) }
                slots[slot].start = Clock.now
                slots[slot].job = try submit(slots[slot])
                progress(frame)
            }
            for frame in max(count - slots.count, 0)..<count { try finish(frame) }
            timing.end()
        } catch {
            // What is in flight still writes into the slots.
            for slot in slots { slot.job?.cancel() }
            for index in slots.indices { try? slots[index].job?.wait(milliseconds: .max) }
            throw error
        }
    }

    private func submit(_ slot: Slot) throws(HailoError) -> Job {
        let inputs = slot.inputs.map { UnsafeRawBufferPointer($0) }
        if isRaw {
            return try session.submitRaw(
                count: 1, inputs: inputs, outputs: slot.outputs, milliseconds: milliseconds)
        }
        return try session.submit(inputs: inputs, outputs: slot.outputs, milliseconds: milliseconds)
    }

    private mutating func finish(_ frame: Int) throws(HailoError) {
        let slot = frame % slots.count
        do throws(HailoError) {
            try slots[slot].job?.wait(milliseconds: milliseconds)
        } catch {
            guard error.status == .timeout else { throw error }
            throw HailoError(
                .timeout,
                "frame \(frame) of group \"\(session.info.group)\" did not come back within \(counted(milliseconds / 1000, "second")); "
                    + "either the chip has stopped, or --timeout is too short")
        }
        slots[slot].job = nil
        timing.add(nanoseconds: Clock.now - slots[slot].start)
        try view?.add(frame, inputs: slots[slot].inputs, outputs: slots[slot].outputs)
        for (sink, buffer) in zip(sinks, slots[slot].outputs) { try sink.write(UnsafeRawBufferPointer(buffer)) }
    }
}

/// How long frames took.
struct FrameTiming {
    private let start = Clock.now
    /// From the first frame to the last.
    private(set) var seconds = 0.0
    /// From handing a frame over to having its outputs, of each frame, in microseconds; beyond an hour it stays there.
    private var latencies: [UInt32] = []

    mutating func add(nanoseconds: UInt64) { latencies.append(UInt32(clamping: nanoseconds / 1000)) }

    mutating func end() {
        seconds = Double(Clock.now - start) / 1e9
        latencies.sort()
    }

    var framesPerSecond: Double { seconds > 0 ? Double(latencies.count) / seconds : 0 }

    /// The latency that this share of the frames does not exceed, in milliseconds.
    func latency(_ share: Double) -> Double {
        guard let last = latencies.indices.last else { return 0 }
        return Double(latencies[min(Int(share * Double(latencies.count)), last)]) / 1000
    }
}
