package import HailoBase

/// An open device at the level of the kernel driver's interface: the same structures, the same errno, the same blocking.
///
/// Everything above this protocol works with any implementation of it and cannot tell them apart. The requests
/// are those of `HailoKernelABI`, which knows their numbers and structures.
package protocol Driver: AnyObject, Sendable {
    /// What messages call the device: "/dev/hailo0", "emulator:hailo8".
    var name: String { get }

    /// Performs one request. Returns the driver's answer, which is 0 or positive, or -errno.
    func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int

    /// Closes the device. Called once; nothing may be performed afterwards.
    func close()

    // MARK: Several processes

    /// The file by which processes share the device; empty if they cannot.
    var sharedPath: String { get }
    /// Opens the device once more, for a reservation that ends when this is closed, also by the death of the process. There is one
    /// at a time.
    func openReservation() throws(HailoError) -> any Driver
    /// Tells other processes that this one waits for the device, or does not any more.
    func setWaiting(_ isWaiting: Bool)
    /// Whether another process waits for the device.
    var isAwaited: Bool { get }
}

extension Driver {
    package func openReservation() throws(HailoError) -> any Driver {
        throw HailoError(.invalidOperation, "\(name) cannot be shared with other processes")
    }

    package var sharedPath: String { "" }
    package func setWaiting(_ isWaiting: Bool) {}
    package var isAwaited: Bool { false }
}
