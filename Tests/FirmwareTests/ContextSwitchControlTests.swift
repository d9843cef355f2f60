import HailoBase
import HailoFirmware
import Testing

@Suite struct ContextSwitchControlTests {
    private let header = ApplicationHeader(
        dynamicContexts: 2, preliminaryRunsAsap: true, batchRegisterConfiguration: false, canFastBatchSwitch: true,
        networks: 1, bufferSize: 512, batchSize: 3, networkBatchSizes: [], configurationChannels: [0, 1])
    private let older = FirmwareInterface(of: Version(4, 20, 1))

    @Test func theHeaderIsLittleEndian() {
        let text =
            "0200" + "01000100" + "01" + "0002" + "0300" + "00000000" + "000000000000000000000000" + "02" + "00010000"
        #expect(header.bytes(for: .newest).hexadecimal == text)
        #expect(ApplicationHeader(header.bytes(for: .newest)[...], for: .newest) == header)
    }

    @Test func olderFirmwareIsToldTheBatchesOfNetworks() {
        var header = header
        header.networks = 2
        header.networkBatchSizes = [0x103, 2]
        let bytes = header.bytes(for: older)
        let text = "0200" + "01000100" + "02" + "0002" + "03010200" + String(repeating: "00", count: 28)
        #expect(bytes.hexadecimal == text)
        let read = ApplicationHeader(bytes[...], for: older)
        #expect(read?.networkBatchSizes == [0x103, 2, 0, 0, 0, 0, 0, 0])
        #expect(read?.bytes(for: older) == bytes)
        #expect(ApplicationHeader(bytes[...], for: .newest) == nil)
        #expect(ApplicationHeader(header.bytes(for: .newest)[...], for: older) == nil)
    }

    @Test func wrongHeadersAreRefused() {
        #expect(ApplicationHeader(header.bytes(for: .newest).dropLast(), for: .newest) == nil)
        #expect(ApplicationHeader((header.bytes(for: .newest) + [0])[...], for: .newest) == nil)
        var bytes = header.bytes(for: .newest)
        bytes[27] = 5
        #expect(ApplicationHeader(bytes[...], for: .newest) == nil)
    }

    @Test func statesAndPieces() {
        #expect(ControlRequest.resetContextSwitch.parameters == [[0], [255], [0, 0], [0, 0]])
        let enable = ControlRequest.enable(application: 3, batchSize: 0x102, batchCount: 0x304)
        #expect(enable.parameters == [[1], [3], [2, 1], [4, 3]])
        let piece = ControlRequest.contextInfo(.batchSwitching, isFirst: true, isLast: false, actions: [9])
        #expect(piece.opcode == .setContextInfo)
        #expect(piece.parameters == [[1], [0], [2], [9]])
        // A message with the largest piece is exactly as long as the driver takes.
        let actions = [UInt8](repeating: 0, count: ActionList.largestChunk)
        let largest = ControlRequest.contextInfo(.dynamic, isFirst: true, isLast: true, actions: actions)
        #expect(largest.bytes.count == 1500)
    }

    @Test func constantsThereAndBack() throws {
        let constants = HardwareConstants.firmware4_23
        #expect(constants.parameters[0].hexadecimal == "08000000ffffffff00a0000001000100000100")
        let answer = ControlResponse.bytes(to: .getHardwareConstants, sequence: 0, parameters: constants.parameters)
        let read = try HardwareConstants(try ControlResponse(answer, to: .getHardwareConstants))
        #expect(read == constants)
    }

    @Test func constantsThatCannotBeAreRefused() throws {
        var constants = HardwareConstants.firmware4_23
        constants.fifoWord = 0
        for parameters in [constants.parameters, [[1, 2, 3]], []] {
            let answer = ControlResponse.bytes(to: .getHardwareConstants, sequence: 0, parameters: parameters)
            let response = try ControlResponse(answer, to: .getHardwareConstants)
            let error = #expect(throws: HailoError.self) { try HardwareConstants(response) }
            #expect(error?.status == .firmwareResponse)
        }
    }
}
