import HailoBase
import CHailoKernel
import HailoDriver
import HailoEmulator
import HailoFirmware
import Testing
import HailoKernelABI

@Suite struct EmulatedDriverTests {
    private func driver(_ id: String = "emulator") throws -> EmulatedDriver {
        try EmulatedDriver.open(try #require(try EmulatorOptions.parse(id)))
    }

    // Errno numbers of Linux, spelled out: the test must not take them from the code under test.
    private static let enomem = -12
    private static let efault = -14
    private static let enodev = -19
    private static let einval = -22
    private static let enotty = -25

    @Test(
        arguments: [
            (0x6709, enotty), (0x7663, enotty), (0x6e09, enotty), (0x7801, enotty), (0x5401, enotty),
            (HAILO_RESET_NN_CORE, enotty), (HAILO_WRITE_ACTION_LIST, enotty), (HAILO_PCI_EP_ACCEPT, enotty),
            // The size is part of the number: a structure of another version is an unknown request.
            (HAILO_QUERY_DRIVER_INFO + 0x1_0000, enotty), (HAILO_FW_CONTROL - 0x1_0000, enotty),
            (HAILO_SOC_CONNECT, einval), (HAILO_SOC_POWER_OFF, einval),
        ] as [(UInt32, Int)])
    func requestsThatThisDriverDoesNotServe(request: UInt32, answer: Int) throws {
        let driver = try driver()
        defer { driver.close() }
        var buffer = [UInt8](repeating: 0, count: 4096)
        #expect(buffer.withUnsafeMutableBytes { driver.perform(request, $0.baseAddress) } == answer)
    }

    @Test(
        arguments: [
            (HAILO_QUERY_DRIVER_INFO, enomem), (HAILO_QUERY_DEVICE_PROPERTIES, enomem), (HAILO_FW_CONTROL, enomem),
            (HAILO_READ_LOG, enomem), (HAILO_MARK_AS_IN_USE, efault),
        ] as [(UInt32, Int)])
    func nullPointers(request: UInt32, answer: Int) throws {
        let driver = try driver()
        defer { driver.close() }
        #expect(driver.perform(request, nil) == answer)
    }

    @Test func queries() throws {
        let driver = try driver("emulator,driver=4.22.0,page=512")
        defer { driver.close() }
        let calls = DriverCalls(driver)
        #expect(try calls.queryDriverInfo() == Version(4, 22, 0))
        let properties = try calls.queryDeviceProperties()
        #expect(properties.descriptorPageSize == 512)
        #expect(properties.dmaEngines == 1)
        #expect(properties.hasFirmware)
    }

    @Test func aReservationBelongsToOneFileAndEndsWithIt() throws {
        let first = try driver()
        let second = try driver()
        defer { second.close() }
        #expect(try DriverCalls(first).markAsInUse())
        #expect(try DriverCalls(first).markAsInUse())
        #expect(try !DriverCalls(second).markAsInUse())
        first.close()
        #expect(try DriverCalls(second).markAsInUse())
    }

    @Test func readingTheLog() throws {
        let driver = try driver()
        defer { driver.close() }
        func readLog(cpu: UInt32, size: UInt64) -> Int {
            var call = hailo_read_log_params()
            call.cpu_id = cpu
            call.buffer_size = size
            call.read_bytes = 99
            let result = withUnsafeMutablePointer(to: &call) { driver.perform(HAILO_READ_LOG, $0) }
            #expect(call.read_bytes == (result == 0 ? 0 : 99))
            return result
        }
        #expect(readLog(cpu: 0, size: 512) == 0)
        #expect(readLog(cpu: 1, size: 0) == 0)
        #expect(readLog(cpu: 2, size: 512) == EmulatedDriverTests.einval)
        #expect(readLog(cpu: 0, size: 513) == EmulatedDriverTests.einval)
    }

    // MARK: Controls

    private func answer(
        _ driver: EmulatedDriver, _ message: [UInt8], processor: UInt32 = 0, digest: [UInt8]? = nil
    ) throws(HailoError) -> [UInt8] {
        try DriverCalls(driver).control(
            message, digest: digest ?? MD5.digest(message), processor: processor, timeout: 5, describing: "TEST"
        ).bytes
    }

    @Test func aControlIsAnswered() throws {
        let driver = try driver("emulator:hailo8l,firmware=4.22.3")
        defer { driver.close() }
        let bytes = try answer(driver, DeviceIdentity.request.bytes)
        let identity = try DeviceIdentity(try ControlResponse(bytes, to: .identify))
        #expect(identity.architectureCode == 2)
        #expect(identity.firmware.version == Version(4, 22, 3))
    }

    @Test func aDamagedControlIsMetWithSilence() throws {
        let driver = try driver()
        defer { driver.close() }
        let error = #expect(throws: HailoError.self) {
            try answer(driver, DeviceIdentity.request.bytes, digest: [UInt8](repeating: 0, count: 16))
        }
        #expect(error?.status == .timeout)
    }

    @Test func aControlTooShortForItsHeaderIsMetWithSilence() throws {
        let driver = try driver()
        defer { driver.close() }
        let error = #expect(throws: HailoError.self) { try answer(driver, [0, 0, 0, 2]) }
        #expect(error?.status == .timeout)
    }

    @Test func refusals() throws {
        let driver = try driver()
        defer { driver.close() }
        func status(_ request: ControlRequest, processor: UInt32 = 0) throws -> FirmwareStatus? {
            ControlResponse.status(of: try answer(driver, request.bytes, processor: processor))?.major
        }
        #expect(try status(ControlRequest(ControlOpcode(rawValue: 80))) == .invalidOpcode)
        #expect(try status(ControlRequest(ControlOpcode(rawValue: 22))) == .unsupportedOpcode)
        #expect(try status(DeviceIdentity.request, processor: 1) == .unsupportedOpcode)
        #expect(try status(CoreIdentity.request, processor: 0) == .unsupportedOpcode)
        #expect(try status(ControlRequest(.identify, [[1]])) == .incorrectParameterCount)
        #expect(try status(ControlRequest(.powerMeasurement)) == .incorrectParameterCount)
        // Any number but 1 means the application processor, as in the real driver.
        #expect(try status(DeviceIdentity.request, processor: 77) == .success)
    }

    // MARK: Faults

    @Test func aFaultHitsItsOccurrenceOnly() throws {
        let driver = try driver("emulator,fault=QUERY_DRIVER_INFO#2:EINVAL")
        defer { driver.close() }
        let calls = DriverCalls(driver)
        _ = try calls.queryDriverInfo()
        #expect(throws: HailoError.self) { try calls.queryDriverInfo() }
        _ = try calls.queryDriverInfo()
    }

    @Test func aRemovedDeviceStaysAway() throws {
        let driver = try driver("emulator,fault=GET_CHIP_TEMPERATURE:removed")
        defer { driver.close() }
        _ = try DriverCalls(driver).queryDriverInfo()
        #expect(throws: HailoError.self) { try answer(driver, ChipTemperature.request.bytes) }
        let error = #expect(throws: HailoError.self) { try DriverCalls(driver).queryDriverInfo() }
        #expect(error?.status == .deviceLost)
    }

    @Test func openingCanFail() throws {
        let error = #expect(throws: HailoError.self) { try driver("emulator,fault=open:EACCES") }
        #expect(error?.status == .permissionDenied)
    }

    @Test func aBoardForgetsItsStateWhenNobodyHasItOpen() throws {
        let id = "emulator,fault=QUERY_DRIVER_INFO#1:EINVAL"
        for _ in 0..<2 {
            let driver = try driver(id)
            #expect(throws: HailoError.self) { try DriverCalls(driver).queryDriverInfo() }
            driver.close()
        }
    }
}
