/// Performs a request with its structure. Returns the driver's answer, which is 0 or positive, or -errno.
package typealias DriverCall = (_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int

/// One request to the kernel driver in the words of this library. Only its implementation knows the number and the structure
/// that carry it, which belong to a generation of the driver.
package protocol DriverRequest {
    associatedtype Answer

    /// The driver's name for it, without HAILO_.
    static var name: StaticString { get }

    func perform(_ call: DriverCall) throws(DriverRefusal) -> Answer
}

/// The driver's answer to a request that it did not perform.
package struct DriverRefusal: Error {
    /// An errno.
    package let number: Int
}

/// Exchanges a structure with the driver.
@discardableResult
func exchange<Structure>(
    _ structure: inout Structure, _ request: UInt32, _ call: DriverCall
) throws(DriverRefusal) -> Int {
    let result = withUnsafeMutableBytes(of: &structure) { call(request, $0.baseAddress) }
    guard result >= 0 else { throw DriverRefusal(number: -result) }
    return result
}
