/// Performs a request with its structure. Returns the driver's answer, which is 0 or positive, or -errno.
package typealias DriverCall = (_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int

/// One request to the kernel driver in the words of this library. Only its implementation knows the number and the structure
/// that carry it, which belong to a generation of the driver.
package protocol DriverRequest {
    associatedtype Answer

    /// The driver's name for it, without HAILO_.
    static var name: StaticString { get }

    func perform(_ call: DriverCall, on interface: DriverInterface) throws(DriverRefusal) -> Answer
}

/// A request that all drivers lay out alike.
package protocol UniformRequest: DriverRequest {
    associatedtype Answer

    func perform(_ call: DriverCall) throws(DriverRefusal) -> Answer
}

extension UniformRequest {
    package func perform(_ call: DriverCall, on interface: DriverInterface) throws(DriverRefusal) -> Answer {
        try perform(call)
    }
}

/// The driver's answer to a request that it did not perform.
package struct DriverRefusal: Error {
    /// An errno.
    package let number: Int
    /// The request's number, which carries the size of its structure.
    package let request: UInt32

    /// The size of the request's structure in bytes, as its number states it.
    package var structureSize: UInt32 { request >> 16 & 0x3fff }

    package init(number: Int, request: UInt32) {
        self.number = number
        self.request = request
    }
}

/// Exchanges a structure with the driver.
@discardableResult
func exchange<Structure>(
    _ structure: inout Structure, _ request: UInt32, _ call: DriverCall
) throws(DriverRefusal) -> Int {
    let result = withUnsafeMutableBytes(of: &structure) { call(request, $0.baseAddress) }
    guard result >= 0 else { throw DriverRefusal(number: -result, request: request) }
    return result
}
