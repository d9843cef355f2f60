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
}
