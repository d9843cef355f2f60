internal import HailoBase
internal import HailoDriver

/// The reservation of a device that several processes use in turn.
///
/// The kernel driver gives the device to one open file, until that file is closed; then the firmware forgets all groups. So a
/// process that has the device runs its frames, and gives it up, with a file that has no other purpose, when others wait. The
/// kernel is the only arbiter: a process that dies leaves the device free.
final class DeviceSharing: @unchecked Sendable {
    private let driver: any Driver
    /// Nanoseconds that this process keeps the device while others wait.
    let turn: UInt64
    /// How long it waits for the device.
    let patienceMilliseconds: UInt32
    private let lock = Lock()
    private var reservation: (any Driver)?
    private var since: UInt64 = 0
    private var nextLook: UInt64 = 0

    /// Between two attempts to get the device, and two looks whether others wait.
    static let interval: UInt64 = 4_000_000
    /// How long a process without frames keeps the device if nobody waits.
    static let idleTime: UInt64 = 1_000_000_000

    init(_ driver: any Driver, turnMilliseconds: UInt32, waitMilliseconds: UInt32) {
        self.driver = driver
        turn = UInt64(turnMilliseconds) * 1_000_000
        patienceMilliseconds = waitMilliseconds
    }

    var isHeld: Bool { lock.withLock { reservation != nil } }

    /// Reserves the device. Returns false if another process has it.
    func tryReserve() throws(HailoError) -> Bool {
        try lock.withLock { () throws(HailoError) in
            guard reservation == nil else { return true }
            let file = try driver.openReservation()
            do throws(HailoError) {
                guard try DriverCalls(file).markAsInUse() else {
                    file.close()
                    return false
                }
            } catch {
                file.close()
                throw error
            }
            reservation = file
            since = Clock.now
            nextLook = since + turn
            return true
        }
    }

    /// Waits for the device as long as it is wanted. Returns false if it is not any more, or throws `.busy`.
    func reserve(while isWanted: () -> Bool) throws(HailoError) -> Bool {
        if try tryReserve() { return true }
        let deadline = Clock.deadline(milliseconds: UInt64(patienceMilliseconds))
        driver.setWaiting(true)
        defer { driver.setWaiting(false) }
        while isWanted() {
            guard Clock.now < deadline else {
                throw HailoError(
                    .busy,
                    "\(driver.name) was reserved by another program for all of \(patienceMilliseconds) ms"
                        + DeviceSharing.others(driver))
            }
            Clock.sleep(nanoseconds: DeviceSharing.interval)
            if try tryReserve() { return true }
        }
        return false
    }

    /// Who may have the device, for messages.
    static func others(_ driver: any Driver) -> String {
        let names = FileUsers.names(of: driver.sharedPath)
        return names.isEmpty ? "" : "; it is open in \(names.joined(separator: ", "))"
    }

    /// Gives the device up.
    func giveUp() {
        let file = lock.withLock { () -> (any Driver)? in
            defer { reservation = nil }
            return reservation
        }
        file?.close()
    }

    /// Whether others wait and have waited for as long as a turn takes.
    var shouldGiveUp: Bool {
        lock.withLock {
            let now = Clock.now
            guard reservation != nil, now >= nextLook else { return false }
            nextLook = now + DeviceSharing.interval
            return driver.isAwaited
        }
    }
}
