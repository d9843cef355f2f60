package import HailoBase
internal import HailoKernelABI
internal import CHailoPlatform

/// A device file of the kernel driver. In a child of fork() it is closed.
package final class LinuxDriver: Driver, @unchecked Sendable {
    package let name: String
    private let file: OpaquePointer

    private init(name: String, _ file: OpaquePointer) {
        self.name = name
        self.file = file
    }

    package static func open(path: String) throws(HailoError) -> LinuxDriver {
        var failure: Int32 = 0
        guard let file = hailoplatform_open_device(path, &failure) else {
            throw DriverFailure.opening(path, failed: Int(failure))
        }
        return LinuxDriver(name: path, file)
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
    }
}
