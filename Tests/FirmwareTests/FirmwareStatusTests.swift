import HailoFirmware
import Testing

@Suite struct FirmwareStatusTests {
    /// Codes that real firmware has answered with, and the ends of the table.
    @Test(arguments: [
        (0x4003_0060, "CONTROL_PROTOCOL_STATUS_INVALID_CONTEXT_SWITCH_APP_HEADER_LENGTH"),
        (0x4013_0004, "CONTEXT_SWITCH_TASK_STATUS_CONTEXT_HEADER_INDICATES_THERE_IS_NO_CONTEXT_NETWORK_INFO"),
        (0x4013_006e, "CONTEXT_SWITCH_STATUS_UNEXPECTED_CONTEXT_ORDER"),
        (0x4013_0016, "CONTEXT_SWTICH_STATUS_MISALIGNMENT_ERROR_WHILE_READING_ACTIONS"),
        (0x402a_0001, "CONFIG_MANAGER_WRAPPER_STATUS_ACTION_TYPE_NOT_SUPPORTED"),
        (0x402d_001b, "VDMA_SERVICE_STATUS_INVALID_ENGINE_INDEX"),
        (0x4000_0001, "HAILO_STATUS_UNINITIALIZED"),
        (0x4038_000a, "INFINITE_CONTEXT_LOADER_STATUS_INVALID_NUM_CONTEXTS"),
    ])
    func names(code: UInt32, name: String) {
        #expect(FirmwareStatus(rawValue: code).name == name)
    }

    @Test(arguments: [0, 1, 0x4000_0000, 0x4003_ffff, 0x4038_000b, 0x4039_0001, 0x40ff_0001, 0x5003_0001, UInt32.max])
    func codesWithoutANameAreNotInvented(code: UInt32) {
        #expect(FirmwareStatus(rawValue: code).name == nil)
        #expect(FirmwareStatus(rawValue: code).text.contains("unknown to this library"))
    }

    @Test func words() {
        #expect(FirmwareStatus.unsupportedOpcode.text == "control: unsupported opcode (0x4003000f)")
        #expect(FirmwareStatus.invalidVersion.text == "control: invalid version (0x40030003)")
        #expect(FirmwareStatus.incorrectParameterCount.text == "control: incorrect parameter count (0x40030012)")
        #expect(FirmwareStatus.overrunAtParameter.text.hasPrefix("control: overrun at parameter"))
        #expect(FirmwareStatus.partOfMessageNotParsed.text.contains("part of the message not parsed"))
    }
}
