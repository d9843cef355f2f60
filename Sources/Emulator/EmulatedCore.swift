internal import Firmware

/// The network core: it takes frames in and gives frames out. What is in them is not computed: the instructions of the
/// chip are not public. Byte i of frame f on channel c is (i + 13 c + 7 f) mod 256, so that every frame can be told apart.
struct EmulatedCore {
    private struct Port {
        let channel: Int
        var frames = 0
        var bytes = 0
    }

    private var inputs: [Port] = []
    private var outputs: [Port] = []
    private var batch = 1
    private var hasSeveralContexts = false

    /// How many frames the chip holds beside those whose outputs it has delivered.
    private static let depth = 4

    /// Begins anew with the channels that a network group opens.
    mutating func start(
        _ actions: [ContextAction], batch: Int, hasSeveralContexts: Bool, channels: inout [TransferChannel],
        lists: ContextSwitch.Lists
    ) {
        stop(&channels)
        self.batch = batch
        self.hasSeveralContexts = hasSeveralContexts
        for action in actions where action.kind == .openBoundaryInput || action.kind == .openBoundaryOutput {
            let channel = Int(action[.channel] ?? 0)
            guard channel < channels.count, let list = lists(action[.listAddress] ?? 0) else { continue }
            channels[channel].open(list, pattern: Int(action[.bytesInPattern] ?? 0))
            if action.kind == .openBoundaryInput {
                inputs.append(Port(channel: channel))
            } else {
                outputs.append(Port(channel: channel))
            }
        }
    }

    mutating func stop(_ channels: inout [TransferChannel]) {
        for index in channels.indices { channels[index].shut() }
        inputs = []
        outputs = []
    }

    /// Moves whatever can be moved. Returns the channels that have an interrupt for the host.
    mutating func run(_ channels: inout [TransferChannel]) -> UInt32 {
        var interrupts: UInt32 = 0
        var isMoving = true
        while isMoving {
            isMoving = false
            let delivered = outputs.map { $0.frames }.min() ?? 0
            for index in inputs.indices where inputs[index].frames < delivered + EmulatedCore.depth + batch {
                isMoving = take(&inputs[index], &channels, &interrupts) || isMoving
            }
            let due = dueFrames()
            for index in outputs.indices where outputs[index].frames < due {
                isMoving = give(&outputs[index], &channels, &interrupts) || isMoving
            }
        }
        return interrupts
    }

    /// Frames whose outputs may be delivered: all inputs have arrived, with several contexts those of the whole batch.
    private func dueFrames() -> Int {
        let complete = inputs.map { $0.frames }.min() ?? 0
        return hasSeveralContexts ? complete / batch * batch : complete
    }

    /// One descriptor of an input.
    private func take(
        _ port: inout Port, _ channels: inout [TransferChannel], _ interrupts: inout UInt32
    ) -> Bool {
        guard let descriptor = channels[port.channel].nextDescriptor() else { return false }
        finish(descriptor, &port, &channels, &interrupts)
        return true
    }

    /// One descriptor of an output.
    private func give(
        _ port: inout Port, _ channels: inout [TransferChannel], _ interrupts: inout UInt32
    ) -> Bool {
        guard let descriptor = channels[port.channel].nextDescriptor() else { return false }
        if let buffer = descriptor.buffer, buffer.isMapped, descriptor.offset <= buffer.size,
            descriptor.size <= buffer.size - descriptor.offset
        {
            let target = UnsafeMutableRawBufferPointer(start: buffer.base + descriptor.offset, count: descriptor.size)
            let first = 13 * port.channel + 7 * port.frames + port.bytes
            for index in target.indices { target[index] = UInt8(truncatingIfNeeded: first + index) }
        }
        finish(descriptor, &port, &channels, &interrupts)
        return true
    }

    private func finish(
        _ descriptor: Descriptor, _ port: inout Port, _ channels: inout [TransferChannel], _ interrupts: inout UInt32
    ) {
        channels[port.channel].advance()
        if descriptor.interruptsHost { interrupts |= 1 << UInt32(port.channel) }
        port.bytes += descriptor.size
        if port.bytes >= channels[port.channel].pattern {
            port.bytes = 0
            port.frames += 1
        }
    }
}
