package import Base
internal import CPlatform

/// Turns an errno into an error that tells a person what to do.
package enum DriverFailure {
    /// `operation` is the driver request that failed, `device` the name of the device.
    package static func error(_ number: Int, during operation: String, on device: String) -> HailoError {
        let what = "\(device): \(operation) failed with \(name(of: number))"
        switch Int32(truncatingIfNeeded: number) {
        case ENODEV, ENXIO:
            return HailoError(
                .deviceLost,
                what
                    + ": the device is gone. It was removed or reset, or it lost power; look into dmesg, then open it again"
            )
        case ETIMEDOUT:
            return HailoError(
                .timeout,
                what + ": the firmware did not answer in time. If this goes on, reset the device or restart the machine"
            )
        case ENOTTY:
            return HailoError(
                .unsupportedDriver,
                what + ": the driver does not know this request. Install hailort-drivers "
                    + "\(DriverVersionPolicy.supportedText)")
        case EPERM, EACCES:
            return HailoError(.permissionDenied, what + ": access denied")
        case EBUSY:
            return HailoError(.busy, what + ": another program uses the device")
        case ENOMEM, ENOBUFS:
            return HailoError(
                .outOfMemory,
                what + ": there is not enough memory, or the kernel has not enough of the kind that DMA needs")
        case ECONNRESET:
            return HailoError(.firmwareRejected, what + ": the firmware has closed the channel")
        case ECANCELED:
            return HailoError(.canceled, what + ": canceled")
        default:
            return HailoError(.driverFailure, what + ": the kernel driver refused it; dmesg may say why")
        }
    }

    /// Turns the errno of opening a device file into an error.
    package static func opening(_ path: String, failed number: Int) -> HailoError {
        let what = "cannot open \(path) (\(name(of: number)))"
        switch Int32(truncatingIfNeeded: number) {
        case ENOENT:
            return HailoError(
                .notFound,
                what + ": there is no such file. Is the card in its slot (lspci -d 1e60:) and the driver loaded "
                    + "(modprobe hailo_pci)?")
        case EACCES, EPERM:
            return HailoError(
                .permissionDenied,
                what + ": this user may not use the device. Install the driver's udev rule "
                    + "(51-hailo-udev.rules), or run as root")
        case EBUSY:
            return HailoError(.busy, what + ": another program uses the device")
        case ENODEV, ENXIO:
            return HailoError(
                .deviceLost, what + ": the driver knows the device, but the card does not answer. Restart the machine")
        case EMFILE, ENFILE:
            return HailoError(.outOfMemory, what + ": too many open files")
        case ENOMEM:
            return HailoError(.outOfMemory, what + ": there is not enough memory")
        default:
            return HailoError(.driverFailure, what)
        }
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
