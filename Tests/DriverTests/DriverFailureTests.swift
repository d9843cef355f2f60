import HailoBase
import HailoDriver
import Testing

@Suite struct DriverFailureTests {
    @Test(arguments: [
        ("ENODEV", Status.deviceLost), ("ENXIO", .deviceLost), ("ETIMEDOUT", .timeout), ("ENOTTY", .unsupportedDriver),
        ("EACCES", .permissionDenied), ("EBUSY", .busy), ("ENOMEM", .outOfMemory), ("ENOBUFS", .outOfMemory),
        ("ECANCELED", .canceled), ("EINVAL", .driverFailure), ("EFAULT", .driverFailure),
    ])
    func requests(errno: String, status: Status) throws {
        let number = try #require(DriverFailure.number(named: errno))
        let error = DriverFailure.error(number, during: "FW_CONTROL (IDENTIFY)", on: "/dev/hailo7")
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

    @Test func numbersWithoutAName() {
        #expect(DriverFailure.name(of: 4711) == "errno 4711")
        #expect(DriverFailure.number(named: "EWHATEVER") == nil)
    }
}
