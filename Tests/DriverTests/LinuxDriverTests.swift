import HailoBase
import CHailoKernel
import HailoDriver
import Foundation
import Testing

@Suite struct LinuxDriverTests {
    @Test func aMissingFileIsNotFound() {
        let error = #expect(throws: HailoError.self) { try LinuxDriver.open(path: "/dev/hailo-that-is-not-there") }
        #expect(error?.status == .notFound)
    }

    @Test func aFileOfAnotherKindIsNoHailoDevice() throws {
        let driver = try LinuxDriver.open(path: "/dev/null")
        defer { driver.close() }
        let error = #expect(throws: HailoError.self) { try DriverCalls(driver).queryDriverInfo() }
        #expect(error?.status == .unsupportedDriver)
        #expect(error?.message.hasPrefix("/dev/null: QUERY_DRIVER_INFO failed with ENOTTY") == true)
    }

    @Test func controlsThatAreTooLongNeverReachTheDriver() throws {
        let driver = try LinuxDriver.open(path: "/dev/null")
        defer { driver.close() }
        let error = #expect(throws: HailoError.self) {
            try DriverCalls(driver).control(
                [UInt8](repeating: 0, count: 1501), digest: [], processor: 0, timeout: 1, describing: "TEST")
        }
        #expect(error?.status == .invalidArgument)
    }

    // MARK: Scan

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hailoswift-scan-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func addDevice(_ name: String, _ attributes: [String: String], to folder: URL) throws {
        let device = folder.appending(path: name)
        try FileManager.default.createDirectory(at: device, withIntermediateDirectories: true)
        for (attribute, text) in attributes {
            try Data(text.utf8).write(to: device.appending(path: attribute))
        }
    }

    @Test func withoutTheDriverThereAreNoDevices() throws {
        #expect(try DeviceScan.devices(in: "/sys/class/no-such-class").isEmpty)
    }

    @Test func devicesComeInTheOrderOfTheirNumbers() throws {
        try withFolder { folder in
            try addDevice("hailo10", ["board_location": "0000:0a:00.0", "accelerator_type": "0"], to: folder)
            try addDevice("hailo2", ["board_location": "0001:02:00.0\n", "accelerator_type": "1\n"], to: folder)
            let devices = try DeviceScan.devices(in: folder.path)
            #expect(devices.map(\.path) == ["/dev/hailo2", "/dev/hailo10"])
            #expect(devices.map(\.pciAddress) == ["0001:02:00.0", "0000:0a:00.0"])
            #expect(devices.map(\.isNeuralNetworkCore) == [false, true])
        }
    }

    @Test func aMissingAttributeIsNamed() throws {
        try withFolder { folder in
            try addDevice("hailo0", ["board_location": "0000:01:00.0"], to: folder)
            let error = #expect(throws: HailoError.self) { try DeviceScan.devices(in: folder.path) }
            #expect(error?.status == .driverFailure)
            #expect(error?.message.contains("hailo0/accelerator_type (ENOENT)") == true)
        }
    }
}
