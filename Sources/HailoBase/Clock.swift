internal import CHailoPlatform

/// A clock that never jumps.
package enum Clock {
    /// Nanoseconds since some moment in the past.
    package static var now: UInt64 { hailoplatform_monotonic_nanoseconds() }

    /// The moment that is so far from now; the end of time if it is further away than can be counted.
    package static func deadline(milliseconds: UInt64) -> UInt64 {
        let (length, isTooLong) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (moment, isTooLate) = now.addingReportingOverflow(length)
        return isTooLong || isTooLate ? .max : moment
    }

    /// Lets the calling thread pause.
    package static func sleep(nanoseconds: UInt64) { hailoplatform_sleep_nanoseconds(nanoseconds) }
}
