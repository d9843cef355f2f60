internal import HailoBase
internal import CHailoKernel
internal import CHailoPlatform
internal import HailoKernelABI

// The driver's way to what the firmware tells on its own accord.
extension EmulatedDriver {
    /// Blocks until the firmware tells something that this file has not read, or the file wants no more.
    func readNotification(_ argument: UnsafeMutableRawPointer?) -> Int {
        // The driver knows the process that opened the file, and no other.
        guard getpid() == file.opener else {
            return board.lock.withLock {
                board.refuse(EFAULT, "READ_NOTIFICATION in a process that did not open the file")
            }
        }
        let isReady = board.wait {
            file.isClosed || board.isRemoved || file.unreadNotifications > 0
        }
        guard isReady else { return -Int(EINTR) }
        return board.lock.withLock {
            let end = board.driver.hasDistinctErrors ? ECANCELED : EINVAL
            if file.isClosed || board.isRemoved { return -Int(end) }
            if file.refusesNotifications {
                file.unreadNotifications -= 1
                return -Int(end)
            }
            file.unreadNotifications = 0
            var answer = hailo_d2h_notification()
            answer.buffer_len = UInt64(board.notification.count)
            withUnsafeMutableBytes(of: &answer.buffer) { $0.copyBytes(from: board.notification) }
            return fill(argument, answer)
        }
    }

    /// From now on each reading is answered once for each call of this, and with nothing.
    func disableNotifications() -> Int {
        guard getpid() == file.opener else { return 0 }
        board.lock.withLock {
            file.refusesNotifications = true
            file.unreadNotifications += 1
            board.wake()
        }
        return 0
    }
}
