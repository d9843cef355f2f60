internal import CHailoPlatform

/// Lets threads wait for a board, and comes back when a signal arrives, as the driver does. All but `wait` are called
/// under the board's lock.
final class Wakeups {
    private let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var sleepers = 0

    init() {
        word.initialize(to: 0)
    }

    deinit {
        word.deallocate()
    }

    /// Something has happened that somebody who waits should look at.
    func count() {
        if sleepers > 0 { hailoplatform_count_up(word) }
    }

    /// Before waiting: what has been counted so far.
    func begin() -> UInt32 {
        sleepers += 1
        return hailoplatform_count(word)
    }

    func end() {
        sleepers -= 1
    }

    /// Waits until more has been counted, or the time is over. True if a signal came.
    func wait(_ seen: UInt32, nanoseconds: UInt64) -> Bool {
        hailoplatform_wait_while(word, seen, nanoseconds) == EINTR
    }
}
