package import HailoBase

/// The actions of one context, in the form in which they travel: runs of one kind are folded into repeated actions.
package struct ActionList: Equatable, Sendable, Sequence {
    package enum Entry: Equatable, Sendable {
        case single(ContextAction)
        /// At least one action, all of one kind.
        case repeated([ContextAction])

        package var actions: [ContextAction] {
            switch self {
            case .single(let action): [action]
            case .repeated(let actions): actions
            }
        }
    }

    package let entries: Series<Entry>

    /// Whether there is anything to do.
    package var isEmpty: Bool { entries.isEmpty }

    /// All actions, with the repeated ones one by one.
    package struct Iterator: IteratorProtocol {
        fileprivate let entries: Series<Entry>
        private var entry = 0
        private var repetition = 0

        fileprivate init(_ entries: Series<Entry>) { self.entries = entries }

        package mutating func next() -> ContextAction? {
            guard entry < entries.count else { return nil }
            switch entries[entry] {
            case .single(let action):
                entry += 1
                return action
            case .repeated(let actions):
                defer {
                    repetition += 1
                    if repetition == actions.count { (entry, repetition) = (entry + 1, 0) }
                }
                return actions[repetition]
            }
        }
    }

    package func makeIterator() -> Iterator { Iterator(entries) }

    /// Nothing to do.
    package init() { entries = [] }

    /// How many actions one repeated action can hold.
    private static let maximumRepetitions = 255
    /// Every action begins with its kind and a time stamp that the firmware fills in.
    private static let headerSize = 5
    /// How many bytes of actions fit into one control message.
    package static let largestChunk = 1461

    /// Folds runs of repeatable actions. nil stands for an action that does nothing but end a run.
    package init(folding actions: some Sequence<ContextAction?>) {
        var entries: Series<Entry> = []
        var run: [ContextAction] = []
        func flush() {
            if run.count == 1 { entries.append(.single(run[0])) }
            if run.count > 1 { entries.append(.repeated(run)) }
            run = []
        }
        for action in actions {
            guard let action else {
                flush()
                continue
            }
            if let first = run.first, first.kind != action.kind || run.count == ActionList.maximumRepetitions {
                flush()
            }
            run.append(action)
            if !action.kind.isRepeatable { flush() }
        }
        flush()
        self.entries = entries
    }

    /// The actions as they are, none folded.
    package init(plain actions: [ContextAction]) {
        entries = Series(actions.lazy.map { .single($0) })
    }

    // MARK: Bytes

    /// The bytes of the list, cut into pieces for one control message each. No action is cut, nor is one of a repeated
    /// action's parts. `address` gives the DMA address of a list.
    package func chunks(for firmware: FirmwareInterface, address: (UInt64) -> UInt64) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var chunk: [UInt8] = []
        var piece: [UInt8] = []
        func flush() {
            if chunk.count + piece.count > ActionList.largestChunk {
                chunks.append(chunk)
                chunk = []
            }
            chunk += piece
            piece.removeAll(keepingCapacity: true)
        }
        for entry in entries {
            switch entry {
            case .single(let action):
                ActionList.appendHeader(action.kind, to: &piece)
                action.appendParameters(to: &piece, for: firmware, address: address)
                flush()
            case .repeated(let actions):
                ActionList.appendHeader(.repeated, to: &piece)
                piece += [UInt8(truncatingIfNeeded: actions.count), 0, actions[0].kind.rawValue]
                flush()
                for action in actions {
                    action.appendParameters(to: &piece, for: firmware, address: address)
                    flush()
                }
            }
        }
        if !chunk.isEmpty { chunks.append(chunk) }
        return chunks
    }

    private static func appendHeader(_ kind: ActionKind, to bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        bytes.appendLittleEndian(UInt32.max)
    }

    /// Why bytes are no list of actions.
    package struct Malformation: Error, Equatable, Sendable {
        package enum Reason: Sendable {
            case cutOff, unknownKind, timeStamp, repeatedKind, emptyRepetition
        }
        package let reason: Reason
        package let offset: Int
    }

    /// Reads a whole list as that firmware does.
    package init<Bytes: RandomAccessCollection<UInt8>>(
        bytes: Bytes, for firmware: FirmwareInterface
    ) throws(Malformation) where Bytes.Index == Int {
        var entries: Series<Entry> = []
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let start = position
            func malformed(_ reason: Malformation.Reason) -> Malformation {
                Malformation(reason: reason, offset: start)
            }
            guard bytes.endIndex - start >= ActionList.headerSize else { throw malformed(.cutOff) }
            guard let kind = ActionKind(rawValue: bytes[start]), firmware.knows(kind) else {
                throw malformed(.unknownKind)
            }
            guard (1..<ActionList.headerSize).allSatisfy({ bytes[start + $0] == UInt8.max }) else {
                throw malformed(.timeStamp)
            }
            position += ActionList.headerSize
            guard let action = ContextAction(kind, from: bytes, at: &position, for: firmware) else {
                throw malformed(.cutOff)
            }
            guard kind == .repeated else {
                entries.append(.single(action))
                continue
            }
            let count = action.values[0]
            guard count > 0 else { throw malformed(.emptyRepetition) }
            guard let part = ActionKind(rawValue: UInt8(truncatingIfNeeded: action.values[2])), part.isRepeatable else {
                throw malformed(.repeatedKind)
            }
            var parts: [ContextAction] = []
            for _ in 0..<count {
                guard let action = ContextAction(part, from: bytes, at: &position, for: firmware) else {
                    throw malformed(.cutOff)
                }
                parts.append(action)
            }
            entries.append(.repeated(parts))
        }
        self.entries = entries
    }
}
