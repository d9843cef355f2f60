import HailoFirmware
import Testing

@Suite struct ControlOpcodeTests {
    @Test(arguments: [
        (0, "IDENTIFY", ControlOpcode.Processor.application), (32, "SET_NETWORK_GROUP_HEADER", .core),
        (33, "SET_CONTEXT_INFO", .core), (37, "CHANGE_CONTEXT_SWITCH_STATUS", .core), (42, "CORE_IDENTIFY", .core),
        (46, "GET_CHIP_TEMPERATURE", .application), (51, "GET_DEVICE_INFORMATION", .application),
        (71, "CLEAR_CONFIGURED_APPS", .core), (72, "GET_HW_CONSTS", .core), (79, "SIGNAL_CACHE_UPDATED", .core),
    ])
    func numbersNamesAndProcessors(number: UInt32, name: String, processor: ControlOpcode.Processor) {
        let opcode = ControlOpcode(rawValue: number)
        #expect(opcode.name == name)
        #expect(opcode.processor == processor)
        #expect(ControlOpcode(name: name) == opcode)
    }

    @Test func unknownOpcodes() {
        #expect(!ControlOpcode(rawValue: 80).isKnown)
        #expect(ControlOpcode(rawValue: UInt32.max).name == "control 4294967295")
        #expect(ControlOpcode(name: "MAKE_COFFEE") == nil)
    }
}
