import HailoBase
import HailoFirmware
import Testing

@Suite struct ContextSwitchControlTests {
    private let header = ApplicationHeader(
        dynamicContexts: 2, preliminaryRunsAsap: true, batchRegisterConfiguration: false, canFastBatchSwitch: true,
        networks: 1, bufferSize: 512, batchSize: 3, configurationChannels: [0, 1])

    @Test func theHeaderIsLittleEndian() {
        let text =
            "0200" + "01000100" + "01" + "0002" + "0300" + "00000000" + "000000000000000000000000" + "02" + "00010000"
        #expect(header.bytes.hexadecimal == text)
        #expect(ApplicationHeader(header.bytes[...]) == header)
    }

    @Test func wrongHeadersAreRefused() {
        #expect(ApplicationHeader(header.bytes.dropLast()) == nil)
        #expect(ApplicationHeader((header.bytes + [0])[...]) == nil)
        var bytes = header.bytes
        bytes[27] = 5
        #expect(ApplicationHeader(bytes[...]) == nil)
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
