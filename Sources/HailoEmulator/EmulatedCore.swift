internal import HailoBase
internal import CHailoPlatform
internal import HailoFirmware

/// The network core: it takes frames in through channels and gives frames out. What is in them, a program computes
/// (`ComputedFrames`), or it is made up (`SyntheticFrames`, `EmulatedBoxes`).
struct EmulatedCore {
    private struct Port {
        let channel: Int
        let network: Int
        var frames = 0
        var bytes = 0
        var checksum: UInt32 = 0
        /// What an output of boxes delivers, and how many words of the frame it has.
        var boxes: EmulatedBoxes?
        var words = 0
        /// Whether it delivers boxes of a unit that nobody named: there are none in any frame then.
        var hasNoBoxes = false
        /// For programs: the frames that wait to be used or to go out.
        var queue: FrameQueue?
    }

    /// Holds what the core works on as long as it is there.
    private let memory: WorkingMemory
    /// The same for the group that runs.
    private var groupMemory: WorkingMemory?
    private let synthetic: SyntheticFrames
    private let firmware: FirmwareInterface
    /// Of each network, as the next one.
    private var timings: [CoreTiming]
    private var computed: ComputedFrames?
    private var inputs: [Port] = []
    private var outputs: [Port] = []
    private var batch = 1
    private var hasSeveralContexts = false
    /// Frames whose inputs have all arrived, with several contexts in whole batches; the next outputs are of them.
    private var complete = [Int](repeating: 0, count: EmulatedCore.maximumNetworks)
    /// Bytes on their way between memory and chip.
    private let wires: UnsafeMutableRawBufferPointer
    /// When something that waits for its time can go on.
    private(set) var nextMoment: UInt64?

    /// Set when the card came to a descriptor that points to no memory, or to memory that was unmapped.
    private var sawUnprogrammed = false

    mutating func takeUnprogrammed() -> Bool {
        defer { sawUnprogrammed = false }
        return sawUnprogrammed
    }

    /// How many frames of a network the chip holds beside those whose outputs it has delivered.
    private static let depth = 4
    private static let maximumNetworks = 256

    /// Throws where there is no memory for it.
    init(_ options: EmulatorOptions) throws(HailoError) {
        firmware = options.firmware
        memory = WorkingMemory()
        synthetic = SyntheticFrames(checksInputs: options.checksInputs, seed: options.seed, memory)
        wires = memory.reserve(bytes: SyntheticFrames.longestRun)
        try memory.check()
        timings = [CoreTiming](
            repeating: CoreTiming(latency: options.frameLatency, interval: options.frameInterval),
            count: EmulatedCore.maximumNetworks)
    }

    /// Goes on with batches of another size.
    mutating func change(batch: Int) { self.batch = batch }

    /// Begins again with the channels that a network group opens. Returns false if there is no memory for its frames.
    mutating func start(
        _ group: ContextSwitch.Running, channels: inout [TransferChannel], lists: ContextSwitch.Lists
    ) -> Bool {
        stop(&channels)
        let frames = WorkingMemory()
        batch = group.batch
        hasSeveralContexts = group.hasSeveralContexts
        computed = group.computed
        for action in group.activation where action.kind == .openBoundaryInput || action.kind == .openBoundaryOutput {
            let channel = Int(action[.channel] ?? 0)
            guard channel < channels.count, let list = lists(action[.listAddress] ?? 0) else { continue }
            channels[channel].open(list, pattern: max(Int(action[.bytesInPattern] ?? 0), 1))
            let network = group.networks[channel] ?? 0
            let queue = group.computed.map { _ in
                FrameQueue(
                    frameSize: channels[channel].pattern, depth: EmulatedCore.depth + group.largestBatch + 1, frames)
            }
            if action.kind == .openBoundaryInput {
                inputs.append(Port(channel: channel, network: network, queue: queue))
            } else {
                outputs.append(Port(channel: channel, network: network, queue: queue))
                outputs[outputs.count - 1].boxes = group.boxUnit.flatMap {
                    EmulatedBoxes(classes: $0.classes, burst: $0.burst, transferSize: channels[channel].pattern)
                }
                outputs[outputs.count - 1].hasNoBoxes =
                    group.boxUnit == nil
                    && EmulatedBoxes.areCarried(
                        by: list.count, transferSize: channels[channel].pattern, batch: group.largestBatch, firmware)
            }
        }
        synthetic.start()
        groupMemory = frames
        guard frames.hasAll else {
            stop(&channels)
            return false
        }
        return true
    }

    mutating func stop(_ channels: inout [TransferChannel]) {
        for index in channels.indices { channels[index].shut() }
        inputs = []
        outputs = []
        for network in complete.indices { complete[network] = 0 }
        computed = nil
        groupMemory = nil
        nextMoment = nil
    }

    /// What happens when a transfer has come to its end.
    enum Outcome {
        case done
        /// The host is not told of it.
        case unheard
        /// The card stops.
        case stuck
    }

    /// Moves whatever can be moved. `ended` is asked at the end of each transfer that the host wants to be told of. Returns the
    /// channels that have an interrupt for the host, or nil if the card has stopped.
    mutating func run(
        _ channels: inout [TransferChannel], ended: (_ channel: Int) -> Outcome
    ) -> UInt32? {
        var interrupts: UInt32 = 0
        var isMoving = true
        nextMoment = nil
        while isMoving {
            isMoving = false
            for isOutput in [false, true] {
                for index in isOutput ? outputs.indices : inputs.indices {
                    while mayMove(index, isOutput) {
                        let channel = isOutput ? outputs[index].channel : inputs[index].channel
                        let pattern = channels[channel].pattern
                        let left = min(pattern - transferred(index, isOutput, pattern), wires.count)
                        guard let run = channels[channel].nextRun(limit: left) else { break }
                        isMoving = true
                        if run.buffer?.isMapped != true { sawUnprogrammed = true }
                        if isOutput {
                            deliver(run, index, pattern)
                        } else {
                            receive(run, index, pattern)
                        }
                        guard run.interruptsHost else { continue }
                        switch ended(channel) {
                        case .done: interrupts |= 1 << UInt32(channel)
                        case .unheard: break
                        case .stuck: return nil
                        }
                    }
                }
            }
        }
        return interrupts
    }

    private func transferred(_ index: Int, _ isOutput: Bool, _ pattern: Int) -> Int {
        isOutput ? outputs[index].bytes + outputs[index].words * EmulatedBoxes.wordSize % pattern : inputs[index].bytes
    }

    private mutating func mayMove(_ index: Int, _ isOutput: Bool) -> Bool {
        guard isOutput else {
            var delivered = Int.max
            for output in outputs where output.network == inputs[index].network && !output.hasNoBoxes {
                delivered = min(delivered, output.frames)
            }
            return delivered == .max || inputs[index].frames < delivered + EmulatedCore.depth + batch
        }
        let network = outputs[index].network
        if outputs[index].hasNoBoxes { return complete[network] > 0 }
        guard outputs[index].frames < complete[network] else { return false }
        guard !timings[network].isInstant else { return true }
        let moment = timings[network].moment(outputs[index].frames)
        if moment <= Clock.now { return true }
        nextMoment = min(nextMoment ?? .max, moment)
        return false
    }

    /// Looks whether more frames of a network have all their inputs now.
    private mutating func countComplete(_ network: Int) {
        var arrived = Int.max
        for input in inputs where input.network == network { arrived = min(arrived, input.frames) }
        if hasSeveralContexts { arrived -= (arrived - complete[network]) % batch }
        guard arrived > complete[network] else { return }
        if let computed { compute(computed, arrived - complete[network]) }
        for frame in complete[network]..<arrived { timings[network].enter(frame) }
        complete[network] = arrived
    }

    private mutating func compute(_ computed: ComputedFrames, _ count: Int) {
        computed.run(
            count,
            input: { channel, frame in inputs.first { $0.channel == channel }?.queue?.frame(frame) },
            output: { channel, frame, size in
                outputs.first { $0.channel == channel }?.queue?.room(size, ahead: frame)
            })
        for index in inputs.indices { inputs[index].queue?.removeFirst(count) }
        for index in outputs.indices {
            for _ in 0..<count { outputs[index].queue?.endFrame() }
        }
    }

    private static func advance(_ port: inout Port, _ size: Int, _ pattern: Int) {
        port.bytes += size
        guard port.bytes >= pattern else { return }
        port.bytes = 0
        port.frames += 1
    }

    // MARK: Memory

    /// nil for memory that was unmapped after it had been put into a descriptor: it is not the program's any more.
    private static func address(_ run: TransferChannel.Run) -> UnsafeMutableRawPointer? {
        guard let buffer = run.buffer, buffer.isMapped, run.offset <= buffer.size, run.size <= buffer.size - run.offset
        else { return nil }
        return buffer.base + run.offset
    }

    // The kernel keeps pages for the card that the program gives back while they are mapped for it. Here they are gone
    // then, and what was to go there with them.

    private mutating func receive(_ run: TransferChannel.Run, _ index: Int, _ pattern: Int) {
        let frame = inputs[index].frames
        if computed != nil || synthetic.readsInputs { read(run, index) }
        EmulatedCore.advance(&inputs[index], run.size, pattern)
        guard inputs[index].frames > frame else { return }
        if computed != nil {
            inputs[index].queue?.endFrame()
        } else if synthetic.readsInputs {
            synthetic.note(inputs[index].checksum, frame: frame, inputs[index].channel, inputs[index].network)
            inputs[index].checksum = 0
        }
        countComplete(inputs[index].network)
    }

    private mutating func read(_ run: TransferChannel.Run, _ index: Int) {
        let isComputed = computed != nil
        let target =
            isComputed
            ? inputs[index].queue?.room(run.size) : UnsafeMutableRawBufferPointer(rebasing: wires[..<run.size])
        guard let target, let base = target.baseAddress else { return }
        let isThere =
            EmulatedCore.address(run).map { hailoplatform_copy_if_accessible(base, $0, run.size) != 0 } ?? false
        if isComputed {
            if !isThere { target.initializeMemory(as: UInt8.self, repeating: 0) }
            inputs[index].queue?.advance(run.size)
        } else if isThere {
            inputs[index].checksum = synthetic.checksum(
                of: UnsafeRawBufferPointer(target), after: inputs[index].checksum)
        }
    }

    private mutating func deliver(_ run: TransferChannel.Run, _ index: Int, _ pattern: Int) {
        if let boxes = outputs[index].boxes { return writeBoxes(run, index, boxes) }
        if outputs[index].hasNoBoxes { return writeNoBoxes(run) }
        let (frame, offset) = (outputs[index].frames, outputs[index].bytes)
        if let target = EmulatedCore.address(run) {
            if computed != nil {
                if let bytes = outputs[index].queue?.frame(0), let base = bytes.baseAddress,
                    offset + run.size <= bytes.count
                {
                    _ = hailoplatform_copy_if_accessible(target, base + offset, run.size)
                }
            } else {
                synthetic.withBytes(outputs[index].channel, outputs[index].network, frame: frame, offset: offset) {
                    _ = hailoplatform_copy_if_accessible(target, $0, run.size)
                }
            }
        }
        EmulatedCore.advance(&outputs[index], run.size, pattern)
        if computed != nil, outputs[index].frames > frame { outputs[index].queue?.removeFirst(1) }
    }

    private func writeNoBoxes(_ run: TransferChannel.Run) {
        guard let target = EmulatedCore.address(run), let base = wires.baseAddress else { return }
        wires[..<run.size].initializeMemory(as: UInt8.self, repeating: 0xff)
        _ = hailoplatform_copy_if_accessible(target, base, run.size)
    }

    private mutating func writeBoxes(_ run: TransferChannel.Run, _ index: Int, _ boxes: EmulatedBoxes) {
        let port = outputs[index]
        let words = run.size / EmulatedBoxes.wordSize
        for word in 0..<words {
            wires.storeBytes(
                of: boxes.word(port.frames, port.words + word).littleEndian,
                toByteOffset: word * EmulatedBoxes.wordSize, as: UInt64.self)
        }
        if let target = EmulatedCore.address(run), let base = wires.baseAddress {
            _ = hailoplatform_copy_if_accessible(target, base, run.size)
        }
        outputs[index].words += words
        guard outputs[index].words >= boxes.wordCount(port.frames) else { return }
        outputs[index].words = 0
        outputs[index].frames += 1
    }
}
