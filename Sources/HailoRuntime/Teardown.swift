internal import HailoBase

/// Undoes things. A step that fails is tried once more, the others are done in any case, and the first error is kept.
struct Teardown {
    private(set) var error: HailoError?
    /// Set where somebody has been told that the device is gone.
    var isLossKnown = false

    /// Returns whether the step succeeded.
    @discardableResult
    mutating func step(_ body: () throws(HailoError) -> Void) -> Bool {
        do throws(HailoError) {
            try body()
            return true
        } catch {
            // A second attempt helps against a signal or a control message that got lost.
            do throws(HailoError) {
                try body()
                Log.warning("succeeded on the second attempt: \(error.message)")
                return true
            } catch let second {
                keep(second)
                return false
            }
        }
    }

    /// A device that is gone fails every step; to say so once is enough.
    private mutating func keep(_ error: HailoError) {
        let isNew = self.error == nil && !isLossKnown
        if isNew || error.status != .deviceLost { Log.error(error.message) }
        if self.error == nil { self.error = error }
    }
}
