internal import HailoBase
internal import HailoDriver
internal import HailoFirmware

/// Learns that a device, or the network group that runs on it, cannot go on.
protocol FailureObserver: AnyObject {
    /// `isCause` says that this is the firmware's own word on the failure, which replaces what was noticed before.
    func fail(_ error: HailoError, isCause: Bool)
}

/// Receives the notifications of a device's firmware, on a thread of its own: everything goes to the log, and what has stopped
/// the active network group goes to its observer.
final class NotificationListener: @unchecked Sendable {
    private let calls: DriverCalls
    private let lock = Lock()
    private var thread: Thread?
    private var isStopping = false
    private var active: (any FailureObserver)?

    init(_ calls: DriverCalls) {
        self.calls = calls
    }

    /// Begins to listen, unless it does already. Without notifications the device still works.
    func start() {
        lock.withLock {
            guard thread == nil, !isStopping else { return }
            do throws(HailoError) {
                thread = try Thread.start("hailoswift-note") { [self] in listen() }
            } catch {
                Log.warning("cannot receive notifications of the firmware: \(error.message)")
            }
        }
    }

    /// Ends the thread. The device is about to be closed.
    func stop() {
        let thread = lock.withLock { () -> Thread? in
            isStopping = true
            defer { self.thread = nil }
            return self.thread
        }
        guard let thread else { return }
        do throws(HailoError) {
            try calls.disableNotifications()
            if !thread.isCurrent { return thread.join() }
        } catch {
            Log.debug(error.message)
        }
        thread.detach()
    }

    /// Whose frames are in flight on the device; nil for nobody's.
    func attend(_ observer: (any FailureObserver)?) {
        lock.withLock { active = observer }
    }

    private func listen() {
        while !lock.withLock({ isStopping }) {
            do throws(HailoError) {
                note(try calls.readNotification())
            } catch {
                if error.status == .firmwareResponse {
                    Log.warning(error.message)
                } else {
                    return end(error)
                }
            }
        }
    }

    /// Nothing more will come: the device is being closed, or was taken out of the machine. In that case nobody else may
    /// be told, since the driver does not wake those who wait for transfers.
    private func end(_ error: HailoError) {
        let observer = lock.withLock { isStopping ? nil : active }
        Log.debug("no more notifications: \(error.message)")
        if error.status == .canceled || error.status == .deviceLost {
            observer?.fail(
                HailoError(
                    .deviceLost,
                    "\(calls.driver.name): the device is gone. It was removed or reset, or it lost power; "
                        + "check dmesg, then open it again"),
                isCause: true)
        }
    }

    private func log(_ event: FirmwareNotification.Event) {
        switch event.severity {
        case .debug: Log.debug(event.text)
        case .information: Log.info(event.text)
        case .warning: Log.warning(event.text)
        case .failure: Log.error(event.text)
        }
    }

    private func note(_ bytes: [UInt8]) {
        do throws(HailoError) {
            let event = try FirmwareNotification(bytes).event
            switch event {
            case .streamsClosed, .runTimeError:
                // Jobs in flight report it; without any it must be logged here.
                guard let observer = lock.withLock({ active }) else { return log(event) }
                observer.fail(HailoError(.firmwareRejected, event.text), isCause: true)
            default: log(event)
            }
        } catch {
            Log.warning(error.message)
        }
    }
}
