internal import HailoBase

/// Calls the completions of jobs, one after the other, on a thread of its own: a callback may block and may submit more jobs.
/// The thread starts with the first callback and ends when the queue is given up and empty.
final class CallbackQueue: @unchecked Sendable {
    /// What the thread works on, which lives longer than the queue if need be.
    private final class State: @unchecked Sendable {
        typealias Entry = (completion: Completion, error: HailoError?)

        let condition = Condition()
        /// Keeps its memory, so that callbacks allocate nothing; what comes when it is full stands in the second list.
        private var waiting: [Entry] = []
        private var overflow: Series<Entry> = []
        var isGivenUp = false

        private static let maximum = 512

        func add(_ entry: Entry) {
            if waiting.count < State.maximum, overflow.isEmpty { waiting.append(entry) } else { overflow.append(entry) }
        }

        func run() {
            var next: [Entry] = []
            var further: Series<Entry> = []
            while take(&next, &further, waits: true) {
                for entry in next { State.call(entry.completion, entry.error) }
                next.removeAll(keepingCapacity: true)
                for entry in further { State.call(entry.completion, entry.error) }
                further.removeAll()
            }
        }

        /// Makes the callbacks that wait on this thread.
        func flush() {
            var next: [Entry] = []
            var further: Series<Entry> = []
            guard take(&next, &further, waits: false) else { return }
            for entry in next { State.call(entry.completion, entry.error) }
            for entry in further { State.call(entry.completion, entry.error) }
        }

        /// Takes all entries. Returns false if there are none, at the end or without waiting.
        private func take(_ next: inout [Entry], _ further: inout Series<Entry>, waits: Bool) -> Bool {
            condition.withLock {
                while waiting.isEmpty {
                    if isGivenUp || !waits { return false }
                    condition.wait()
                }
                swap(&next, &waiting)
                swap(&further, &overflow)
                return true
            }
        }

        static func call(_ completion: Completion, _ error: HailoError?) {
            switch completion {
            case .none: break
            case .closure(let body): body(error)
            case .function(let callback): callback.call(error)
            }
        }
    }

    private let state = State()
    private var hasThread = false

    deinit {
        state.condition.withLock {
            state.isGivenUp = true
            state.condition.notifyAll()
        }
    }

    func add(_ completion: Completion, _ error: HailoError?) {
        if case .none = completion { return }
        let starts = state.condition.withLock {
            state.add((completion, error))
            state.condition.notifyAll()
            defer { hasThread = true }
            return !hasThread
        }
        guard starts else { return }
        do throws(HailoError) {
            let state = state
            try Thread.start("hailoswift-call") { state.run() }.detach()
        } catch {
            // Without a thread the callbacks are made here, late rather than never.
            Log.warning(error.message)
            state.condition.withLock { hasThread = false }
            state.flush()
        }
    }
}
