internal import HailoBase
internal import CHailoPlatform
internal import HailoCoreProgram
internal import HailoFirmware

/// The contexts of a network group that carry programs for the emulated core, and the memory between them.
final class ComputedFrames {
    /// Where a stream of a context comes from or goes to.
    private enum Way {
        case boundary(channel: Int)
        /// Frames of a batch, one behind the other in the memory of a list.
        case memory(DescriptorList)
        /// A ring of rows.
        case rows(DescriptorList)
    }

    private struct Stream {
        let number: Int
        let isOutput: Bool
        let way: Way
    }

    private struct Context {
        let machine: Machine
        let streams: [Stream]

        func way(_ number: Int, isOutput: Bool) -> Way? {
            streams.first { $0.number == number && $0.isOutput == isOutput }?.way
        }
    }

    private let contexts: [Context]
    private var rowPositions: [UInt64: Int] = [:]

    // A class whose initialiser fails is never freed in Embedded Swift, so that all that can fail comes before it.
    private init(_ contexts: [Context]) {
        self.contexts = contexts
    }

    /// nil if the contexts carry no programs. `contexts` are the dynamic ones with the data that was fetched for them.
    static func make(
        _ contexts: [(actions: ActionList, program: FetchedBytes?)], lists: ContextSwitch.Lists
    ) throws(ProgramFailure) -> ComputedFrames? {
        guard contexts.contains(where: { $0.program != nil }) else { return nil }
        var built: [Context] = []
        var numbers = 0
        for (actions, bytes) in contexts {
            let program = try Program.decode(bytes?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
            numbers += program.numberCount
            guard numbers <= Program.maximumNumbers else {
                throw ProgramFailure(
                    nil, "the programs of all contexts have more than \(Program.maximumNumbers) numbers")
            }
            let streams = actions.compactMap { ComputedFrames.stream($0, lists) }
            try ComputedFrames.check(program, streams.map { ($0.number, $0.isOutput) }, actions)
            guard let machine = Machine.make(program) else { throw .noMemory }
            built.append(Context(machine: machine, streams: streams))
        }
        return ComputedFrames(built)
    }

    private static func stream(_ action: ContextAction, _ lists: ContextSwitch.Lists) -> Stream? {
        guard let number = action[.stream], let channel = action[.channel], let address = action[.listAddress],
            let list = lists(address)
        else { return nil }
        func stream(_ way: Way, isOutput: Bool) -> Stream { Stream(number: Int(number), isOutput: isOutput, way: way) }
        return switch action.kind {
        case .activateBoundaryInput: stream(.boundary(channel: Int(channel)), isOutput: false)
        case .activateBoundaryOutput: stream(.boundary(channel: Int(channel)), isOutput: true)
        case .activateInterContextInput: stream(.memory(list), isOutput: false)
        case .activateInterContextOutput: stream(.memory(list), isOutput: true)
        case .activateDDRInput: stream(.rows(list), isOutput: false)
        case .activateDDROutput: stream(.rows(list), isOutput: true)
        default: nil
        }
    }

    /// A program has to take and give exactly what the channels of its context carry.
    private static func check(
        _ program: Program, _ streams: [(number: Int, isOutput: Bool)], _ actions: ActionList
    ) throws(ProgramFailure) {
        try program.forEachStreamUse { use throws(ProgramFailure) in
            guard streams.contains(where: { $0.number == use.stream && $0.isOutput == use.isOutput }) else {
                throw ProgramFailure(
                    use.instruction,
                    "the context has no \(use.isOutput ? "output" : "input") stream \(use.stream)")
            }
            for action in actions
            where action[.stream] == UInt64(use.stream) && carries(action.kind, isOutput: use.isOutput) {
                let size = Int(action[.bytesInPattern] ?? 0)
                guard size == use.frameBytes else {
                    throw ProgramFailure(
                        use.instruction,
                        "it has frames of \(counted(use.frameBytes, "byte")) for stream \(use.stream), which carries \(size)"
                    )
                }
            }
        }
    }

    /// Whether an action opens a channel that carries whole frames in this direction.
    private static func carries(_ kind: ActionKind, isOutput: Bool) -> Bool {
        switch kind {
        case .activateBoundaryInput, .activateInterContextInput: !isOutput
        case .activateBoundaryOutput, .activateInterContextOutput: isOutput
        default: false
        }
    }

    /// Takes `count` frames through all contexts, one after the other.
    func run(
        _ count: Int, input: (_ channel: Int, _ frame: Int) -> UnsafeMutableRawBufferPointer?,
        output: (_ channel: Int, _ frame: Int, _ size: Int) -> UnsafeMutableRawBufferPointer?
    ) {
        for context in contexts {
            for frame in 0..<count {
                context.machine.run(
                    load: { stream, target in
                        switch context.way(stream, isOutput: false) {
                        case .boundary(let channel):
                            guard let bytes = input(channel, frame), bytes.count == target.count else { return false }
                            target.copyMemory(from: UnsafeRawBufferPointer(bytes))
                            return true
                        case .memory(let list):
                            return list.read(target, from: frame * list.descriptors(for: target.count))
                        case .rows, nil: return false
                        }
                    },
                    store: { stream, bytes in
                        switch context.way(stream, isOutput: true) {
                        case .boundary(let channel): output(channel, frame, bytes.count)?.copyMemory(from: bytes)
                        case .memory(let list): list.write(bytes, from: frame * list.descriptors(for: bytes.count))
                        case .rows, nil: break
                        }
                    },
                    exchange: { output, input, bytes in
                        guard case .rows(let out)? = context.way(output, isOutput: true),
                            case .rows(let back)? = context.way(input, isOutput: false)
                        else { return false }
                        return self.exchange(bytes, out, back)
                    })
            }
        }
    }

    /// Lets the rows of a frame out into a ring that need not hold the whole frame, and back in behind them.
    private func exchange(
        _ frame: UnsafeMutableRawBufferPointer, _ out: DescriptorList, _ back: DescriptorList
    ) -> Bool {
        guard out.pageSize > 0 else { return false }
        var position = rowPositions[out.address] ?? 0
        var offset = 0
        while offset < frame.count {
            let end = min(offset + out.pageSize, frame.count)
            let part = UnsafeMutableRawBufferPointer(rebasing: frame[offset..<end])
            out.write(UnsafeRawBufferPointer(part), from: position)
            guard back.read(part, from: position) else { return false }
            position = (position + 1) % out.count
            offset = end
        }
        rowPositions[out.address] = position
        return true
    }
}

extension DescriptorList {
    /// How many descriptors a frame of so many bytes takes.
    fileprivate func descriptors(for size: Int) -> Int { (size + pageSize - 1) / max(pageSize, 1) }

    /// Copies bytes to where the descriptors from `first` on point.
    fileprivate func write(_ bytes: UnsafeRawBufferPointer, from first: Int) {
        guard let source = bytes.baseAddress else { return }
        walk(bytes.count, from: first) { offset, size, target in
            hailoplatform_copy_if_accessible(target, source + offset, size) != 0
        }
    }

    /// Copies bytes from where the descriptors from `first` on point. False if something is not there.
    fileprivate func read(_ target: UnsafeMutableRawBufferPointer, from first: Int) -> Bool {
        guard let base = target.baseAddress else { return false }
        return walk(target.count, from: first) { offset, size, source in
            hailoplatform_copy_if_accessible(base + offset, source, size) != 0
        }
    }

    @discardableResult
    private func walk(
        _ count: Int, from first: Int, _ copy: (_ offset: Int, _ size: Int, UnsafeMutableRawPointer) -> Bool
    ) -> Bool {
        var offset = 0
        var index = first
        while offset < count {
            guard isCircular || index < self.count else { return false }
            let descriptor = descriptors[index % self.count]
            guard let buffer = descriptor.buffer, buffer.isMapped, descriptor.size > 0,
                descriptor.offset <= buffer.size, descriptor.size <= buffer.size - descriptor.offset
            else { return false }
            let size = min(descriptor.size, count - offset)
            guard copy(offset, size, buffer.base + descriptor.offset) else { return false }
            offset += size
            index += 1
        }
        return true
    }
}
