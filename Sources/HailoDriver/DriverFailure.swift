package import HailoBase
package import HailoKernelABI
internal import CHailoPlatform

extension DriverRequest {
    /// Performs the request on a driver of that interface. `operation` is what messages call it.
    func perform(
        on driver: any Driver, _ interface: DriverInterface, operation: () -> String
    ) throws(HailoError) -> Answer {
        do throws(DriverRefusal) {
            return try perform({ driver.perform($0, $1) }, on: interface)
        } catch {
            throw DriverFailure.error(error, during: operation(), on: driver.name)
        }
    }
}

/// Turns an errno into an error that tells a person what to do.
package enum DriverFailure {
    /// `operation` is the driver request that failed, `device` the name of the device.
    package static func error(_ refusal: DriverRefusal, during operation: String, on device: String) -> HailoError {
        let (status, advice) = meaning(of: refusal)
        let number = name(of: refusal.number)
        return failure(status, refusal.number, "\(device): \(operation) failed with \(number): \(advice)")
    }

    private static func meaning(of refusal: DriverRefusal) -> (Status, String) {
        switch Int32(truncatingIfNeeded: refusal.number) {
        case ENODEV, ENXIO:
            (
                .deviceLost,
                "the device is gone. It was removed or reset, or it lost power; check dmesg, then open it again"
            )
        case ETIMEDOUT:
            (
                .timeout,
                "the firmware did not answer in time. If this goes on, reset the device or restart the machine"
            )
        case ENOTTY:
            (
                .unsupportedDriver,
                "the driver has no request \(refusal.request.hexadecimal) with a structure of "
                    + "\(counted(refusal.structureSize, "byte")). Install hailort-drivers \(DriverVersionPolicy.supportedText). If "
                    + "that is what you have, report this message with the record of hailoctl doctor --record"
            )
        case EPERM, EACCES: (.permissionDenied, "access denied")
        case EBUSY: (.busy, "another program uses the device")
        case ENOMEM, ENOBUFS:
            (.outOfMemory, "there is not enough memory, or not enough of it is suitable for DMA")
        case ECONNRESET: (.firmwareRejected, "the firmware has closed the channel")
        case ECANCELED: (.canceled, "canceled")
        default: (.driverFailure, "the kernel driver refused it; dmesg may say why")
        }
    }

    /// Turns the errno of opening a device file into an error.
    package static func opening(_ path: String, failed number: Int) -> HailoError {
        let (status, advice) = meaning(ofOpening: Int32(truncatingIfNeeded: number))
        return failure(status, number, "cannot open \(path) (\(name(of: number)))" + advice)
    }

    private static func meaning(ofOpening number: Int32) -> (Status, String) {
        switch number {
        case ENOENT:
            (
                .notFound,
                ": there is no such file. Is the card in its slot (lspci -d 1e60:) and the driver loaded (modprobe hailo_pci)?"
            )
        case EACCES, EPERM:
            (
                .permissionDenied,
                ": this user may not use the device. Install the driver's udev rule (51-hailo-udev.rules), or run as root"
            )
        case EBUSY: (.busy, ": another program uses the device")
        case ENODEV, ENXIO:
            (.deviceLost, ": the driver knows the device, but the card does not answer. Restart the machine")
        case EMFILE, ENFILE: (.outOfMemory, ": too many open files")
        case ENOMEM: (.outOfMemory, ": there is not enough memory")
        default: (.driverFailure, "")
        }
    }

    private static func failure(_ status: Status, _ number: Int, _ message: String) -> HailoError {
        HailoError(status, message, cause: .system(errno: Int32(truncatingIfNeeded: number)))
    }

    /// The symbolic name of an errno, such as "ENODEV".
    package static func name(of number: Int) -> String {
        for entry in names where Int(entry.number) == number { return "\(entry.name)" }
        return "errno \(number)"
    }

    /// The errno with a symbolic name, or nil.
    package static func number(named name: String) -> Int? {
        for entry in names where "\(entry.name)" == name { return Int(entry.number) }
        return nil
    }

    private static let names: [(number: Int32, name: StaticString)] = [
        (EPERM, "EPERM"), (ENOENT, "ENOENT"), (EINTR, "EINTR"), (EIO, "EIO"), (ENXIO, "ENXIO"), (EBADF, "EBADF"),
        (EAGAIN, "EAGAIN"), (ENOMEM, "ENOMEM"), (EACCES, "EACCES"), (EFAULT, "EFAULT"), (EBUSY, "EBUSY"),
        (EEXIST, "EEXIST"), (ENODEV, "ENODEV"), (ENOTDIR, "ENOTDIR"), (EISDIR, "EISDIR"), (EINVAL, "EINVAL"),
        (ENFILE, "ENFILE"), (EMFILE, "EMFILE"), (ENOTTY, "ENOTTY"), (ENOSPC, "ENOSPC"), (ERANGE, "ERANGE"),
        (ENOBUFS, "ENOBUFS"), (ECONNRESET, "ECONNRESET"), (ETIMEDOUT, "ETIMEDOUT"), (ECANCELED, "ECANCELED"),
    ]
}
