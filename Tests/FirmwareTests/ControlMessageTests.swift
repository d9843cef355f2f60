import HailoBase
import HailoFirmware
import Testing

@Suite struct ControlMessageTests {
    @Test func requestsAreTheBytesOfTheVendorsLibrary() {
        #expect(DeviceIdentity.request.bytes.hexadecimal == "0000000200000000000000000000000000000000")
        #expect(MD5.digest(DeviceIdentity.request.bytes).hexadecimal == "6a3d1c7fe84cfe2f184d69c2376dcc43")
        #expect(DeviceInformation.request.bytes.hexadecimal == "0000000200000000000000000000003300000000")
        #expect(MD5.digest(DeviceInformation.request.bytes).hexadecimal == "805c6653e07cf1b7bda24ea40625d6ae")
    }

    @Test func parametersFollowTheHeaderWithTheirLengths() {
        #expect(
            PowerMeasurement.request.bytes.hexadecimal
                == "00000002" + "00000000" + "00000000" + "00000009" + "00000002" + "00000004" + "7fffffff" + "00000004"
                + "00000002")
    }

    @Test func aRequestSurvivesTheJourney() throws {
        let request = ControlRequest(.powerMeasurement, [[1, 2, 3], []])
        let decoded = try #require(ControlRequest.decode(request.bytes[...]))
        #expect(decoded.opcode == .powerMeasurement)
        #expect(decoded.parameters.map(Array.init) == [[1, 2, 3], []])
        #expect(decoded.refusal == nil)
    }

    @Test func theFirmwareRefusesDamagedRequests() {
        func refusal(_ change: (inout [UInt8]) -> Void) -> FirmwareStatus? {
            var bytes = ControlRequest(.identify, [[1, 2, 3]]).bytes
            change(&bytes)
            return ControlRequest.decode(bytes[...])?.refusal
        }
        #expect(refusal { $0[3] = 1 } == .invalidVersion)
        #expect(refusal { $0[7] = 1 } == .controlAckReceived)
        #expect(refusal { $0[23] = 200 } == .overrunAtParameter)
        #expect(refusal { $0[16] = 255 } == .overrunAtParameter)
        #expect(refusal { $0.append(0) } == .partOfMessageNotParsed)
        #expect(ControlRequest.decode([UInt8](repeating: 0, count: 19)[...]) == nil)
    }

    // MARK: Answers

    private static let acknowledgement = "00000002000000010000000000000025000000000000000000000000"

    @Test func anEmptyAcknowledgementHas28Bytes() throws {
        let bytes = ControlResponse.bytes(to: ControlOpcode(rawValue: 37), sequence: 0)
        #expect(bytes.hexadecimal == ControlMessageTests.acknowledgement)
        #expect(try ControlResponse(bytes, to: ControlOpcode(rawValue: 37)).parameters.isEmpty)
    }

    @Test func anAnswerWithoutAParameterCountIsEmpty() throws {
        let bytes = ControlResponse.bytes(to: .identify, sequence: 0).dropLast(4)
        #expect(try ControlResponse(Array(bytes), to: .identify).parameters.isEmpty)
    }

    @Test(arguments: 0..<32)
    func cutAnswersAreErrorsNotCrashes(length: Int) {
        let bytes = ControlResponse.bytes(to: .identify, sequence: 0, parameters: [[1, 2, 3, 4]])
        if length == 24 { return }
        #expect(throws: HailoError.self) { try ControlResponse(Array(bytes.prefix(length)), to: .identify) }
    }

    @Test func answersThatMakeNoSenseSayWhy() {
        func message(_ change: (inout [UInt8]) -> Void) -> String {
            var bytes = ControlResponse.bytes(to: .identify, sequence: 0, parameters: [[1, 2, 3, 4]])
            change(&bytes)
            do {
                _ = try ControlResponse(bytes, to: .identify)
                return "accepted"
            } catch {
                #expect(error.status == .firmwareResponse)
                return error.message
            }
        }
        #expect(message { $0[3] = 3 }.contains("protocol version 3"))
        #expect(message { $0[7] = 0 }.contains("not marked as an answer"))
        #expect(message { $0[15] = 42 }.contains("answers control 42"))
        #expect(message { $0[28] = 0xff }.contains("extends beyond its end"))
        #expect(message { $0.append(0) }.contains("is 1 byte too long"))
    }

    @Test func aRefusalNamesTheControlAndTheReason() {
        let bytes = ControlResponse.bytes(
            to: ControlOpcode(rawValue: 32), sequence: 0, status: FirmwareStatus(rawValue: 0x4003_0060))
        let error = #expect(throws: HailoError.self) { try ControlResponse(bytes, to: ControlOpcode(rawValue: 32)) }
        #expect(error?.status == .firmwareRejected)
        #expect(
            error?.message
                == "the firmware refused SET_NETWORK_GROUP_HEADER: control: invalid context switch app header length "
                + "(0x40030060)")
    }

    @Test func anUnsupportedControlIsExplained() {
        let bytes = ControlResponse.bytes(to: .powerMeasurement, sequence: 0, status: .unsupportedOpcode)
        let error = #expect(throws: HailoError.self) { try ControlResponse(bytes, to: .powerMeasurement) }
        #expect(error?.message.contains("does not have this control") == true)
    }
}
