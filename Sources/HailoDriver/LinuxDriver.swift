package import HailoBase
internal import HailoKernelABI
internal import CHailoPlatform

/// A device file of the kernel driver. In a child of fork() it is closed.
package final class LinuxDriver: Driver, @unchecked Sendable {
    package let name: String
    private let file: OpaquePointer
    /// A number for the file that a reservation belongs to, smaller than that of this one; negative if there is none.
    private let reservedNumber: Int32

    private init(name: String, _ file: OpaquePointer, reservedNumber: Int32 = -1) {
        self.name = name
        self.file = file
        self.reservedNumber = reservedNumber
    }

    /// With `isShared`, reservations are made by a file of their own.
    package static func open(path: String, isShared: Bool = false) throws(HailoError) -> LinuxDriver {
        let number = isShared ? hailoplatform_reserve_number() : -1
        if isShared, number < 0 { throw DriverFailure.opening("/dev/null", failed: -Int(number)) }
        var failure: Int32 = 0
        guard let file = hailoplatform_open_device(path, &failure) else {
            if number >= 0 { _ = hailoplatform_close(number) }
            throw DriverFailure.opening(path, failed: Int(failure))
        }
        return LinuxDriver(name: path, file, reservedNumber: number)
    }

    package func openReservation() throws(HailoError) -> any Driver {
        var failure: Int32 = 0
        guard let file = hailoplatform_open_device_as(name, reservedNumber, &failure) else {
            throw DriverFailure.opening(name, failed: Int(failure))
        }
        return LinuxDriver(name: name, file)
    }

    /// The byte of the device file by which processes tell each other that they wait. Its place means nothing to the driver.
    private static let waitingByte: Int64 = 0x4861_696c

    package var sharedPath: String { name }

    package func setWaiting(_ isWaiting: Bool) {
        _ = hailoplatform_lock_byte(
            hailoplatform_device_descriptor(file), LinuxDriver.waitingByte, isWaiting ? 1 : 0)
    }

    package var isAwaited: Bool {
        hailoplatform_is_byte_locked(hailoplatform_device_descriptor(file), LinuxDriver.waitingByte) != 0
    }

    package func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        let descriptor = hailoplatform_device_descriptor(file)
        // A signal would make the driver forget a control message that the firmware has already got. Sending it again
        // is no cure: part of an action list would arrive twice.
        if request == FirmwareControl.number {
            return hailoplatform_ioctl_uninterrupted(descriptor, UInt(request), argument)
        }
        return hailoplatform_ioctl(descriptor, UInt(request), argument)
    }

    package func close() {
        hailoplatform_close_device(file)
        if reservedNumber >= 0 { _ = hailoplatform_close(reservedNumber) }
    }
}
