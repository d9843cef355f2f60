import HailoBase
import HailoDriver
import HailoKernelABI
import Testing

@Suite struct DriverFailureTests {
    @Test(arguments: [
        ("ENODEV", Status.deviceLost), ("ENXIO", .deviceLost), ("ETIMEDOUT", .timeout), ("ENOTTY", .unsupportedDriver),
        ("EACCES", .permissionDenied), ("EBUSY", .busy), ("ENOMEM", .outOfMemory), ("ENOBUFS", .outOfMemory),
        ("ECANCELED", .canceled), ("EINVAL", .driverFailure), ("EFAULT", .driverFailure),
    ])
    func requests(errno: String, status: Status) throws {
        let number = try #require(DriverFailure.number(named: errno))
        let refusal = DriverRefusal(number: number, request: 0xc5f8_6e00)
        let error = DriverFailure.error(refusal, during: "FW_CONTROL (IDENTIFY)", on: "/dev/hailo7")
        #expect(error.status == status)
        #expect(error.message.hasPrefix("/dev/hailo7: FW_CONTROL (IDENTIFY) failed with \(errno): "))
    }

    @Test(arguments: [
        ("ENOENT", Status.notFound, "modprobe"), ("EACCES", .permissionDenied, "udev"), ("EBUSY", .busy, "another"),
        ("ENXIO", .deviceLost, "Restart"), ("EMFILE", .outOfMemory, "too many"), ("EIO", .driverFailure, "EIO"),
    ])
    func opening(errno: String, status: Status, hint: String) throws {
        let number = try #require(DriverFailure.number(named: errno))
        let error = DriverFailure.opening("/dev/hailo7", failed: number)
        #expect(error.status == status)
        #expect(error.message.contains(hint))
        #expect(error.message.contains("/dev/hailo7"))
    }

    @Test func anUnknownRequestIsNamedWithItsSize() {
        let refusal = DriverRefusal(number: 25, request: 0x8099_760f)
        let error = DriverFailure.error(refusal, during: "VDMA_LAUNCH_TRANSFER", on: "/dev/hailo7")
        #expect(error.message.contains("no request 0x8099760f with a structure of 153 bytes"))
        #expect(error.message.contains("hailort-drivers 4.18 to 4.23"))
    }

    @Test func numbersWithoutAName() {
        #expect(DriverFailure.name(of: 4711) == "errno 4711")
        #expect(DriverFailure.number(named: "EWHATEVER") == nil)
    }
}
