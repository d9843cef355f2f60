internal import Base
internal import CHailoKernel
internal import CPlatform

// The driver's way to what the firmware tells on its own accord.
extension EmulatedDriver {
    /// Blocks until the firmware tells something that this file has not read, or the file wants no more.
    func readNotification(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        board.waitForWakeup {
            file.isClosed || board.isRemoved || file.refusesNotifications || file.unreadNotifications > 0
        }
        return board.lock.withLock {
            if file.isClosed || board.isRemoved || file.refusesNotifications { return -Int(ECANCELED) }
            file.unreadNotifications = 0
            var answer = hailo_d2h_notification()
            answer.buffer_len = UInt64(board.notification.count)
            withUnsafeMutableBytes(of: &answer.buffer) { $0.copyBytes(from: board.notification) }
            return fill(argument, answer)
        }
    }

    func disableNotifications() -> Int {
        board.lock.withLock { file.refusesNotifications = true }
        board.wakeWaiters()
        return 0
    }
}
