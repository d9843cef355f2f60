internal import CHailoPlatform

/// A mutex with a condition that threads can wait for.
package final class Condition: @unchecked Sendable {
    // In fixed places of the heap: neither may ever move.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package static let forever = UInt64.max

    package init() {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        _ = hailoplatform_condition_init(condition)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    package func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Gives the lock up until somebody notifies, or the time is over, and takes it again. Called with the lock held.
    /// It may return without reason, so the caller looks again.
    package func wait(nanoseconds: UInt64 = Condition.forever) {
        _ = hailoplatform_condition_wait(condition, mutex, nanoseconds)
    }

    /// The same until a moment of `Clock`.
    package func wait(until deadline: UInt64) {
        guard deadline != Condition.forever else { return wait() }
        wait(nanoseconds: deadline - min(Clock.now, deadline))
    }

    /// Wakes all that wait.
    package func notifyAll() {
        pthread_cond_broadcast(condition)
    }
}
