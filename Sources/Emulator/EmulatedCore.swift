internal import CPlatform
internal import Firmware

/// The network core: it takes frames in and gives frames out. What is in them is not computed: the instructions of the
/// chip are not public. Byte i of frame f on channel c is (i + 13 c + 7 f) mod 256, so that every frame can be told apart;
/// or, so that it can be told what went in, i + 13 c + a checksum over the inputs of the frame.
struct EmulatedCore {
    private struct Port {
        let channel: Int
        var frames = 0
        var bytes = 0
        var checksum: UInt32 = 0
        /// What an output of boxes delivers, and how many words of the frame it has.
        var boxes: EmulatedBoxes?
        var words = 0
    }

    private let checksInputs: Bool
    private var inputs: [Port] = []
    private var outputs: [Port] = []
    private var batch = 1
    private var hasSeveralContexts = false
    /// Of the frames that are in the chip, by their number modulo its length.
    private var checksums = [UInt32](repeating: 0, count: 256)
    /// Bytes on their way between memory and chip. Its second half counts up from 0, and begins anew after 255.
    private var wires = [UInt8](repeating: 0, count: 2 * EmulatedCore.wireLength)

    /// How many frames the chip holds beside those whose outputs it has delivered.
    private static let depth = 4
    private static let wireLength = 1 << 16

    init(checksInputs: Bool) {
        self.checksInputs = checksInputs
        for index in 0..<EmulatedCore.wireLength {
            wires[EmulatedCore.wireLength + index] = UInt8(truncatingIfNeeded: index)
        }
    }

    /// Begins anew with the channels that a network group opens.
    mutating func start(
        _ group: ContextSwitch.Running, channels: inout [TransferChannel], lists: ContextSwitch.Lists
    ) {
        stop(&channels)
        batch = group.batch
        hasSeveralContexts = group.hasSeveralContexts
        for action in group.activation where action.kind == .openBoundaryInput || action.kind == .openBoundaryOutput {
            let channel = Int(action[.channel] ?? 0)
            guard channel < channels.count, let list = lists(action[.listAddress] ?? 0) else { continue }
            channels[channel].open(list, pattern: max(Int(action[.bytesInPattern] ?? 0), 1))
            if action.kind == .openBoundaryInput {
                inputs.append(Port(channel: channel))
            } else {
                outputs.append(Port(channel: channel))
                outputs[outputs.count - 1].boxes = group.boxUnit.flatMap {
                    EmulatedBoxes(classes: $0.classes, burst: $0.burst, transferSize: channels[channel].pattern)
                }
            }
        }
        for index in checksums.indices { checksums[index] = 0 }
    }

    mutating func stop(_ channels: inout [TransferChannel]) {
        for index in channels.indices { channels[index].shut() }
        inputs = []
        outputs = []
    }

    /// What happens when a transfer has come to its end.
    enum Outcome {
        case done
        /// The host does not hear of it.
        case unheard
        /// The card stops.
        case stuck
    }

    /// Moves whatever can be moved. `ended` is asked at the end of each transfer that the host wants to hear of. Returns the
    /// channels that have an interrupt for the host, or nil if the card has stopped.
    mutating func run(
        _ channels: inout [TransferChannel], ended: (_ channel: Int) -> Outcome
    ) -> UInt32? {
        var interrupts: UInt32 = 0
        var isMoving = true
        while isMoving {
            isMoving = false
            for isOutput in [false, true] {
                for index in isOutput ? outputs.indices : inputs.indices {
                    while mayMove(index, isOutput) {
                        let port = isOutput ? outputs[index] : inputs[index]
                        let transferred =
                            port.bytes + port.words * EmulatedBoxes.wordSize % channels[port.channel].pattern
                        let left = min(channels[port.channel].pattern - transferred, EmulatedCore.wireLength - 256)
                        guard let run = channels[port.channel].nextRun(limit: left) else { break }
                        isMoving = true
                        move(run, index, isOutput, channels[port.channel].pattern)
                        guard run.interruptsHost else { continue }
                        switch ended(port.channel) {
                        case .done: interrupts |= 1 << UInt32(port.channel)
                        case .unheard: break
                        case .stuck: return nil
                        }
                    }
                }
            }
        }
        return interrupts
    }

    private func mayMove(_ index: Int, _ isOutput: Bool) -> Bool {
        guard isOutput else {
            var delivered = outputs.first?.frames ?? 0
            for output in outputs { delivered = min(delivered, output.frames) }
            return inputs[index].frames < delivered + EmulatedCore.depth + batch
        }
        // All inputs have arrived, with several contexts those of the whole batch.
        var complete = inputs.first?.frames ?? 0
        for input in inputs { complete = min(complete, input.frames) }
        return outputs[index].frames < (hasSeveralContexts ? complete / batch * batch : complete)
    }

    private mutating func move(_ run: TransferChannel.Run, _ index: Int, _ isOutput: Bool, _ pattern: Int) {
        if isOutput {
            if let boxes = outputs[index].boxes { return writeBoxes(run, index, boxes) }
            write(run, outputs[index])
            EmulatedCore.advance(&outputs[index], run.size, pattern)
            return
        }
        if checksInputs { inputs[index].checksum = read(run, inputs[index].checksum) }
        let frame = inputs[index].frames
        EmulatedCore.advance(&inputs[index], run.size, pattern)
        guard checksInputs, inputs[index].frames > frame else { return }
        checksums[frame % checksums.count] &+= inputs[index].checksum &* UInt32(2 * inputs[index].channel + 1)
        inputs[index].checksum = 0
        // Never so many frames are in the chip that this one could be among them.
        checksums[(frame + checksums.count / 2) % checksums.count] = 0
    }

    private static func advance(_ port: inout Port, _ size: Int, _ pattern: Int) {
        port.bytes += size
        guard port.bytes >= pattern else { return }
        port.bytes = 0
        port.frames += 1
    }

    /// nil for memory that was unmapped after it had been put into a descriptor: it is not the program's any more.
    private static func address(_ run: TransferChannel.Run) -> UnsafeMutableRawPointer? {
        guard let buffer = run.buffer, buffer.isMapped, run.offset <= buffer.size, run.size <= buffer.size - run.offset
        else { return nil }
        return buffer.base + run.offset
    }

    // The kernel keeps pages for the card that the program gives back while they are mapped for it. Here they are gone
    // then, and what was to go there with them.

    private func write(_ run: TransferChannel.Run, _ port: Port) {
        guard let target = EmulatedCore.address(run) else { return }
        let mark = checksInputs ? Int(checksums[port.frames % checksums.count] >> 24) : 7 * port.frames
        let first = (13 * port.channel + mark + port.bytes) & 0xff
        wires.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            _ = platform_copy_if_accessible(target, base + EmulatedCore.wireLength + first, run.size)
        }
    }

    private mutating func writeBoxes(_ run: TransferChannel.Run, _ index: Int, _ boxes: EmulatedBoxes) {
        let port = outputs[index]
        let words = run.size / EmulatedBoxes.wordSize
        wires.withUnsafeMutableBytes { source in
            for word in 0..<words {
                source.storeBytes(
                    of: boxes.word(port.frames, port.words + word).littleEndian,
                    toByteOffset: word * EmulatedBoxes.wordSize, as: UInt64.self)
            }
            guard let target = EmulatedCore.address(run), let base = source.baseAddress else { return }
            _ = platform_copy_if_accessible(target, base, run.size)
        }
        outputs[index].words += words
        guard outputs[index].words >= boxes.wordCount(port.frames) else { return }
        outputs[index].words = 0
        outputs[index].frames += 1
    }

    private mutating func read(_ run: TransferChannel.Run, _ checksum: UInt32) -> UInt32 {
        guard let source = EmulatedCore.address(run) else { return checksum }
        var checksum = checksum
        wires.withUnsafeMutableBytes { target in
            guard let base = target.baseAddress, platform_copy_if_accessible(base, source, run.size) != 0 else {
                return
            }
            for index in 0..<run.size { checksum = (checksum ^ UInt32(target[index])) &* 16_777_619 }
        }
        return checksum
    }
}
