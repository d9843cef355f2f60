internal import Base

/// Tells those who submitted jobs how they ended, one after the other, on a thread of its own: a callback may take its time
/// and may submit more. The thread starts with the first callback and ends when the queue is given up and empty.
final class CallbackQueue: @unchecked Sendable {
    /// What the thread works on, which lives longer than the queue if need be.
    private final class State: @unchecked Sendable {
        let condition = Condition()
        var waiting: [(completion: Job.Completion, error: HailoError?)] = []
        var isGivenUp = false

        func run() {
            var next: [(completion: Job.Completion, error: HailoError?)] = []
            while take(&next) {
                for entry in next { State.call(entry.completion, entry.error) }
                next.removeAll(keepingCapacity: true)
            }
        }

        /// Waits for entries. Returns false at the end.
        private func take(_ next: inout [(completion: Job.Completion, error: HailoError?)]) -> Bool {
            condition.withLock {
                while waiting.isEmpty {
                    if isGivenUp { return false }
                    condition.wait()
                }
                swap(&next, &waiting)
                return true
            }
        }

        static func call(_ completion: Job.Completion, _ error: HailoError?) {
            switch completion {
            case .none: break
            case .closure(let body): body(error)
            case .function(let callback):
                (error?.message ?? "").withCString {
                    callback.function(callback.context, error?.status.rawValue ?? Status.ok.rawValue, $0)
                }
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

    func add(_ completion: Job.Completion, _ error: HailoError?) {
        if case .none = completion { return }
        let starts = state.condition.withLock {
            state.waiting.append((completion, error))
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
            flush()
        }
    }

    private func flush() {
        while let entry = state.condition.withLock({ state.waiting.isEmpty ? nil : state.waiting.removeFirst() }) {
            State.call(entry.completion, entry.error)
        }
    }
}
