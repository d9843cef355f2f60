import Hailo
import Testing

@Suite struct DeviceTests {
    @Test(arguments: [("emulator", Chip.hailo8), ("emulator:hailo8l", .hailo8l)])
    func anEmulatedDeviceSaysWhoItIs(id: String, architecture: Chip) throws {
        let info = try Device.open(id + ",driver=4.22.1,firmware=4.23.0").info
        #expect(info.chip == architecture)
        #expect(info.isEmulated)
        #expect(info.path.isEmpty)
        #expect(info.boardName == "Hailo-8")
        #expect(info.driverVersion == Version(4, 22, 1))
        #expect(info.firmwareVersion == Version(4, 23, 0))
        #expect(info.coreFirmwareVersion == Version(4, 23, 0))
        #expect(info.firmwareIsRelease)
        #expect(info.features.names == ["pcie", "current_monitoring"])
        #expect((info.clusterLayout != 0) == (architecture == .hailo8l))
        #expect(info.socID.count == 32)
    }

    @Test func sensors() throws {
        let device = try Device.open("emulator")
        let temperature = try device.temperature()
        #expect(temperature.sensor0 == 45.5)
        #expect(temperature.sensor1 == 46.25)
        #expect(temperature.sampleCount == 7)
        #expect(try device.power() == 1.625)
    }

    @Test func infoIsAskedForOnce() throws {
        let device = try Device.open("emulator,fault=CORE_IDENTIFY#2:ENODEV")
        _ = try device.info
        _ = try device.info
    }

    @Test(arguments: [
        ("emulator,fault=open:EACCES", Status.permissionDenied, "udev rule"),
        ("emulator,fault=open:EBUSY", .busy, "another program"),
        ("emulator,fault=open:ENXIO", .deviceLost, "does not answer"),
        ("emulator,driver=4.17.0", .unsupportedDriver, "Install hailort-drivers"),
        ("emulator,driver=5.1.0", .unsupportedDriver, "other chips"),
        ("emulator,fault=QUERY_DRIVER_INFO:ENOTTY", .unsupportedDriver, "Install hailort-drivers"),
        ("emulator,fault=QUERY_DEVICE_PROPERTIES:ENODEV", .deviceLost, "gone"),
        ("emulator,fault=IDENTIFY:0x4003000f", .firmwareRejected, "refused IDENTIFY: control: unsupported opcode"),
        ("emulator,fault=IDENTIFY:garbled", .firmwareResponse, "damaged"),
        ("emulator,fault=IDENTIFY:ETIMEDOUT", .timeout, "did not answer in time"),
        ("emulator:hailo15h", .unknownID, "hailo8l"),
        ("hailo0", .unknownID, "device file"),
        ("", .unknownID, "device file"),
        ("0000:zz:00.0", .unknownID, "device file"),
        ("0000:ff:1f.7", .notFound, "PCI address 0000:ff:1f.7"),
        ("ff:1F.7", .notFound, "PCI address 0000:ff:1f.7"),
        ("/dev/hailo-that-is-not-there", .notFound, "modprobe"),
        ("/dev/null", .unsupportedDriver, "ENOTTY"),
    ])
    func whatCanGoWrongWhenOpening(id: String, status: Status, hint: String) {
        let error = #expect(throws: HailoError.self) { try Device.open(id) }
        #expect(error?.status == status)
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }

    @Test func aFailedOpenClosesTheDevice() throws {
        // Were the first attempt still open, the board would have counted its use of IDENTIFY.
        let id = "emulator,fault=IDENTIFY#1:ENODEV"
        for _ in 0..<2 { #expect(throws: HailoError.self) { try Device.open(id) } }
    }

    @Test func aReservedDeviceIsBusyUntilItIsClosed() throws {
        // A board of its own: other tests share the plain one.
        let id = "emulator,page=1024"
        var options = Device.Options()
        options.isExclusive = true
        do {
            let first = try Device.open(id, options: options)
            let error = #expect(throws: HailoError.self) { try Device.open(id, options: options) }
            #expect(error?.status == .busy)
            _ = try Device.open(id).temperature()
            _ = try first.temperature()
        }
        _ = try Device.open(id, options: options)
    }

    @Test func aDeviceThatGoesAwayIsLost() throws {
        let device = try Device.open("emulator,fault=GET_CHIP_TEMPERATURE#2:removed")
        _ = try device.temperature()
        for _ in 0..<2 {
            let error = #expect(throws: HailoError.self) { try device.temperature() }
            #expect(error?.status == .deviceLost)
        }
        #expect(throws: HailoError.self) { try device.info }
    }

    @Test func listsShowEmulatedDevicesOnRequestOnly() throws {
        #expect(try DeviceList.scan().entries.allSatisfy { !$0.isEmulated })
        let emulated = try DeviceList.scan(includingEmulated: true).entries.filter(\.isEmulated)
        #expect(emulated.map(\.id) == ["emulator:hailo8", "emulator:hailo8l"])
        for entry in emulated { _ = try Device.open(entry.id) }
    }

    @Test func manyThreadsMayAskAtOnce() async throws {
        let device = try Device.open("emulator")
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { _ in
                        (try? device.temperature().sensor0) == 45.5 && (try? device.info.boardName) == "Hailo-8"
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
