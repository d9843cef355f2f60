package import Base
internal import CHailoKernel
internal import CPlatform

/// A device file of the kernel driver.
package final class LinuxDriver: Driver {
    package let name: String
    private let descriptor: Int32

    private init(name: String, descriptor: Int32) {
        self.name = name
        self.descriptor = descriptor
    }

    package static func open(path: String) throws(HailoError) -> LinuxDriver {
        let descriptor = platform_open(path, O_RDWR, 0)
        guard descriptor >= 0 else { throw DriverFailure.opening(path, failed: -Int(descriptor)) }
        return LinuxDriver(name: path, descriptor: descriptor)
    }

    package func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        // A signal would make the driver forget a control message that the firmware has already got. Sending it again
        // is no cure: part of an action list would arrive twice.
        if request == HAILO_FW_CONTROL {
            return platform_ioctl_uninterrupted(descriptor, UInt(request), argument)
        }
        return platform_ioctl(descriptor, UInt(request), argument)
    }

    package func close() {
        _ = CPlatform.close(descriptor)
    }
}
