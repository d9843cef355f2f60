import HailoBase
import HailoFirmware
import Testing

/// Answers of firmware 4.23.0, as bytes, against what they mean.
@Suite struct DeviceAnswerTests {
    private static let identify =
        "0000000200000001000000000000000000000000000000000000000800000004000000020000000c0400000017000000000000200000"
        + "000400000000000000204861696c6f2d380000000000000000000000000000000000000000000000000000000004000000010000001048"
        + "4c4c574d324232333130303030303000000010484d32313842314332464145000000000000002a4841494c4f2d38204149204143432"
        + "04d2e32204d204b4559204d4f44554c45204558542054454d500000"

    private static let information =
        "000000020000000100000000000000330000000000000000000000090000000417d784000000000800000004000000000000000400000001"
        + "000000010300000020112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f20000000060000000000000000000c"
        + "202122232425262728292a2b00000018404142434445464748494a4b4c4d4e4f50515253545556570000000400000000"

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
    }

    @Test func identity() throws {
        let bytes = DeviceAnswerTests.bytes(DeviceAnswerTests.identify)
        let identity = try DeviceIdentity(try ControlResponse(bytes, to: .identify))
        #expect(identity.protocolVersion == 2)
        #expect(identity.firmware.version == Version(4, 23, 0))
        #expect(identity.firmware.isRelease)
        #expect(identity.firmware.hasExtendedContextSwitchBuffer)
        #expect(identity.boardName == "Hailo-8")
        #expect(identity.architectureCode == 1)
        #expect(identity.serialNumber == "HLLWM2B231000000")
        #expect(identity.partNumber == "HM218B1C2FAE")
        #expect(identity.productName == "HAILO-8 AI ACC M.2 M KEY MODULE EXT TEMP")
        // Writing it gives the same bytes, so the emulated firmware answers as the real one.
        #expect(ControlResponse.bytes(to: .identify, sequence: 0, parameters: identity.parameters) == bytes)
    }

    @Test func deviceInformation() throws {
        let bytes = DeviceAnswerTests.bytes(DeviceAnswerTests.information)
        let information = try DeviceInformation(try ControlResponse(bytes, to: .getDeviceInformation))
        #expect(information.coreClock == 400_000_000)
        #expect(information.supportedFeatures == 4)
        #expect(information.bootSource == 1)
        #expect(information.lifeCycleState == 3)
        #expect(information.socID.first == 0x11)
        #expect(information.unitTrackingID.last == 0x2b)
        #expect(information.processMonitor.last == 0x57)
        #expect(information.clusterLayout == 0)
        #expect(
            ControlResponse.bytes(to: .getDeviceInformation, sequence: 0, parameters: information.parameters) == bytes)
    }

    @Test func sensors() throws {
        let temperature = ChipTemperature(sensor0: 41.5, sensor1: -3.25, sampleCount: 0x1234)
        let bytes = ControlResponse.bytes(to: .getChipTemperature, sequence: 0, parameters: temperature.parameters)
        #expect(bytes[32...].hexadecimal == "00002642" + "000050c0" + "1234")
        #expect(try ChipTemperature(try ControlResponse(bytes, to: .getChipTemperature)) == temperature)
    }

    @Test func theWrongProcessorsFirmwareIsNoticed() {
        let core = CoreIdentity(firmware: FirmwareVersion(Version(4, 23, 0), isCore: false))
        let bytes = ControlResponse.bytes(to: .coreIdentify, sequence: 0, parameters: core.parameters)
        #expect(throws: HailoError.self) { try CoreIdentity(try ControlResponse(bytes, to: .coreIdentify)) }
    }

    @Test func firmwareVersionFlags() {
        for isCore in [false, true] {
            for isRelease in [false, true] {
                let version = FirmwareVersion(
                    Version(4, 22, 7), isCore: isCore, isRelease: isRelease, hasExtendedContextSwitchBuffer: isCore)
                #expect(FirmwareVersion(bytes: version.bytes[...]) == version)
            }
        }
    }

    @Test(arguments: 0..<8)
    func missingAndShortParametersAreErrors(count: Int) throws {
        let full = try ControlResponse(DeviceAnswerTests.bytes(DeviceAnswerTests.identify), to: .identify)
        let fewer = full.parameters.prefix(count).map(Array.init)
        let bytes = ControlResponse.bytes(to: .identify, sequence: 0, parameters: fewer)
        let error = #expect(throws: HailoError.self) {
            try DeviceIdentity(try ControlResponse(bytes, to: .identify))
        }
        #expect(error?.message.contains("number \(count + 1) is missing") == true)
        let short = fewer + [[]] + full.parameters.dropFirst(count + 1).map(Array.init)
        guard [0, 1, 2, 4].contains(count) else { return }
        let shortBytes = ControlResponse.bytes(to: .identify, sequence: 0, parameters: short)
        #expect(throws: HailoError.self) { try DeviceIdentity(try ControlResponse(shortBytes, to: .identify)) }
    }
}
