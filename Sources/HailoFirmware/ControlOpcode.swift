/// What a control message asks the firmware to do. Each opcode belongs to one of the chip's two processors.
package struct ControlOpcode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package enum Processor: UInt32, Sendable {
        case application = 0
        case core = 1
    }

    package static let identify = ControlOpcode(rawValue: 0)
    package static let powerMeasurement = ControlOpcode(rawValue: 9)
    package static let setPowerMeasurement = ControlOpcode(rawValue: 10)
    package static let getPowerMeasurement = ControlOpcode(rawValue: 11)
    package static let startPowerMeasurement = ControlOpcode(rawValue: 12)
    package static let stopPowerMeasurement = ControlOpcode(rawValue: 13)
    package static let setNetworkGroupHeader = ControlOpcode(rawValue: 32)
    package static let setContextInfo = ControlOpcode(rawValue: 33)
    package static let changeContextSwitchStatus = ControlOpcode(rawValue: 37)
    package static let coreIdentify = ControlOpcode(rawValue: 42)
    package static let getChipTemperature = ControlOpcode(rawValue: 46)
    package static let getDeviceInformation = ControlOpcode(rawValue: 51)
    package static let clearConfiguredApps = ControlOpcode(rawValue: 71)
    package static let getHardwareConstants = ControlOpcode(rawValue: 72)

    private var entry: (name: StaticString, processor: Processor)? {
        let index = Int(rawValue)
        return index < ControlOpcode.table.count ? ControlOpcode.table[index] : nil
    }

    /// Whether firmware 4.23.0 has such an opcode.
    package var isKnown: Bool { entry != nil }

    /// The name, such as "GET_CHIP_TEMPERATURE"; the number where there is none.
    package var name: String {
        guard let entry else { return "control " + String(rawValue) }
        return "\(entry.name)"
    }

    /// The processor that the message has to go to.
    package var processor: Processor { entry?.processor ?? .application }

    /// The opcode with this name, or nil.
    package init?(name: String) {
        for (index, entry) in ControlOpcode.table.enumerated() where "\(entry.name)" == name {
            self.init(rawValue: UInt32(index))
            return
        }
        return nil
    }

    private static let table: [(name: StaticString, processor: Processor)] = [
        ("IDENTIFY", .application),
        ("WRITE_MEMORY", .application),
        ("READ_MEMORY", .application),
        ("CONFIG_STREAM", .application),
        ("OPEN_STREAM", .application),
        ("CLOSE_STREAM", .application),
        ("PHY_OPERATION", .application),
        ("RESET", .application),
        ("CONFIG_CORE_TOP", .application),
        ("POWER_MEASUREMENT", .application),
        ("SET_POWER_MEASUREMENT", .application),
        ("GET_POWER_MEASUREMENT", .application),
        ("START_POWER_MEASUREMENT", .application),
        ("STOP_POWER_MEASUREMENT", .application),
        ("START_FIRMWARE_UPDATE", .application),
        ("WRITE_FIRMWARE_UPDATE", .application),
        ("VALIDATE_FIRMWARE_UPDATE", .application),
        ("FINISH_FIRMWARE_UPDATE", .application),
        ("EXAMINE_USER_CONFIG", .application),
        ("READ_USER_CONFIG", .application),
        ("ERASE_USER_CONFIG", .application),
        ("WRITE_USER_CONFIG", .application),
        ("I2C_WRITE", .application),
        ("I2C_READ", .application),
        ("NN_CORE_LATENCY_MEASUREMENT_CONFIG", .application),
        ("NN_CORE_LATENCY_MEASUREMENT_READ", .application),
        ("SENSOR_STORE_CONFIG", .application),
        ("SENSOR_GET_CONFIG", .application),
        ("SENSOR_SET_GENERIC_I2C_SLAVE", .application),
        ("SENSOR_LOAD_AND_START", .application),
        ("SENSOR_RESET", .application),
        ("SENSOR_GET_SECTIONS_INFO", .application),
        ("SET_NETWORK_GROUP_HEADER", .core),
        ("SET_CONTEXT_INFO", .core),
        ("IDLE_TIME_SET_MEASUREMENT", .application),
        ("IDLE_TIME_GET_MEASUREMENT", .application),
        ("DOWNLOAD_CONTEXT_ACTION_LIST", .core),
        ("CHANGE_CONTEXT_SWITCH_STATUS", .core),
        ("APP_WD_ENABLE", .application),
        ("APP_WD_CONFIG", .application),
        ("APP_PREVIOUS_SYSTEM_STATE", .application),
        ("SET_DATAFLOW_INTERRUPT", .core),
        ("CORE_IDENTIFY", .core),
        ("D2H_EVENT_MANAGER_SET_HOST_INFO", .application),
        ("D2H_EVENT_MANAGER_SEND_EVENT_HOST_INFO", .application),
        ("SWITCH_APPLICATION", .core),
        ("GET_CHIP_TEMPERATURE", .application),
        ("READ_BOARD_CONFIG", .application),
        ("WRITE_BOARD_CONFIG", .application),
        ("GET_SOC_ID", .application),
        ("ENABLE_DEBUGGING", .application),
        ("GET_DEVICE_INFORMATION", .application),
        ("CONFIG_CONTEXT_SWITCH_BREAKPOINT", .core),
        ("GET_CONTEXT_SWITCH_BREAKPOINT_STATUS", .core),
        ("GET_CONTEXT_SWITCH_MAIN_HEADER", .core),
        ("SET_FW_LOGGER", .application),
        ("WRITE_SECOND_STAGE_TO_INTERNAL_MEMORY", .application),
        ("COPY_SECOND_STAGE_TO_FLASH", .application),
        ("SET_PAUSE_FRAMES", .application),
        ("CONFIG_CONTEXT_SWITCH_TIMESTAMP", .core),
        ("RUN_BIST_TEST", .application),
        ("SET_CLOCK_FREQ", .application),
        ("GET_HEALTH_INFORMATION", .application),
        ("SET_THROTTLING_STATE", .application),
        ("GET_THROTTLING_STATE", .application),
        ("SENSOR_SET_I2C_BUS_INDEX", .application),
        ("SET_OVERCURRENT_STATE", .application),
        ("GET_OVERCURRENT_STATE", .application),
        ("CORE_PREVIOUS_SYSTEM_STATE", .core),
        ("CORE_WD_ENABLE", .core),
        ("CORE_WD_CONFIG", .core),
        ("CLEAR_CONFIGURED_APPS", .core),
        ("GET_HW_CONSTS", .core),
        ("SET_SLEEP_STATE", .application),
        ("CHANGE_HW_INFER_STATUS", .core),
        ("SIGNAL_DRIVER_DOWN", .core),
        ("INIT_CACHE_INFO", .core),
        ("GET_CACHE_INFO", .core),
        ("UPDATE_CACHE_READ_OFFSET", .core),
        ("SIGNAL_CACHE_UPDATED", .core),
    ]
}
