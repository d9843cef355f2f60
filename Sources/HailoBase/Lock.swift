internal import CHailoPlatform

/// A mutex. The thread that holds it may take it again, so a callback made under it cannot deadlock with itself.
package final class Lock: @unchecked Sendable {
    // In a fixed place of the heap: a pthread mutex must never move.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    package init() {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        _ = hailoplatform_recursive_mutex_init(mutex)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// For the two sides of a fork(); everything else uses `withLock`.
    package func lock() { pthread_mutex_lock(mutex) }
    package func unlock() { pthread_mutex_unlock(mutex) }
    /// In the child the thread that holds the lock has another number, so that it could not give it back.
    package func reset() { _ = hailoplatform_recursive_mutex_init(mutex) }

    package func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }
}
