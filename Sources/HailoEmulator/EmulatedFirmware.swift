internal import HailoBase
internal import HailoFirmware
internal import HailoFormats

/// What runs on the emulated chip's two processors: it answers control messages as the firmware of the chosen
/// version does.
struct EmulatedFirmware {
    private let identity: DeviceIdentity
    private let core: CoreIdentity
    private let information: DeviceInformation
    private let temperature = ChipTemperature(sensor0: 45.5, sensor1: 46.25, sampleCount: 7)
    private var power = EmulatedPower()
    private let constants = HardwareConstants.firmware4_23
    var contextSwitch: ContextSwitch
    private var refusal: (status: FirmwareStatus, reason: String?)?

    /// The last refusal, once, with what the status does not tell.
    mutating func takeRefusal() -> (status: FirmwareStatus, reason: String?)? {
        defer { refusal = nil }
        return refusal
    }

    init(_ options: EmulatorOptions) {
        let isSmall = options.chip == .hailo8l
        identity = DeviceIdentity(
            protocolVersion: 2, firmware: FirmwareVersion(options.firmwareVersion, isCore: false), loggerVersion: 0,
            boardName: "Hailo-8", architectureCode: isSmall ? 2 : 1,
            serialNumber: "EMULATED00000001", partNumber: DeviceIdentity.emulatedMark + (isSmall ? "8L" : "8"),
            productName: isSmall ? "EMULATED HAILO-8L AI ACCELERATOR" : "EMULATED HAILO-8 AI ACCELERATOR")
        contextSwitch = ContextSwitch(options.firmware, isLenient: options.isLenient)
        core = CoreIdentity(firmware: FirmwareVersion(options.firmwareVersion, isCore: true))
        information = DeviceInformation(
            coreClock: 400_000_000,
            supportedFeatures: 0b1100,  // PCIe and current monitoring
            bootSource: 1, lifeCycleState: 3, socID: (0..<32).map { UInt8($0) },
            ethernetAddress: [UInt8](repeating: 0, count: 6), unitTrackingID: (0..<12).map { 0x20 + UInt8($0) },
            processMonitor: (0..<24).map { 0x40 + UInt8($0) },
            clusterLayout: isSmall ? 0x33 : 0)
    }

    /// The answer to a message, or nil where the firmware stays silent.
    mutating func answer(
        _ message: [UInt8], to processor: ControlOpcode.Processor, lists: @escaping ContextSwitch.Lists
    ) -> [UInt8]? {
        guard let request = ControlRequest.decode(message[...]) else { return nil }
        func reply(_ status: FirmwareStatus, _ parameters: [[UInt8]] = []) -> [UInt8] {
            refusal = status == .success ? nil : (status, contextSwitch.takeReason())
            return ControlResponse.bytes(
                to: request.opcode, sequence: request.sequence, status: status, parameters: parameters)
        }
        if let refusal = request.refusal { return reply(refusal) }
        guard request.opcode.isKnown else { return reply(.invalidOpcode) }
        guard request.opcode.processor == processor else { return reply(.unsupportedOpcode) }
        if let count = EmulatedFirmware.contextSwitchParameters(request.opcode) {
            guard request.parameters.count == count else { return reply(.incorrectParameterCount) }
            return changeContextSwitch(request, lists).map { reply($0) }
        }
        if let count = EmulatedFirmware.powerParameters(request.opcode) {
            guard request.parameters.count == count else { return reply(.incorrectParameterCount) }
            let answer = measurePower(request)
            return reply(answer.status, answer.parameters)
        }
        let expectedParameters: Int
        let parameters: [[UInt8]]
        switch request.opcode {
        case .identify: (expectedParameters, parameters) = (0, identity.parameters)
        case .coreIdentify: (expectedParameters, parameters) = (0, core.parameters)
        case .getDeviceInformation: (expectedParameters, parameters) = (0, information.parameters)
        case .getChipTemperature: (expectedParameters, parameters) = (0, temperature.parameters)
        case .powerMeasurement:
            let reading = PowerMeasurement(value: EmulatedPower.watts)
            (expectedParameters, parameters) = (
                2, reading.parameters(source: EmulatedPower.chosenSource, kind: EmulatedPower.chosenKind)
            )
        case .getHardwareConstants: (expectedParameters, parameters) = (0, constants.parameters)
        default: return reply(.unsupportedOpcode)
        }
        guard request.parameters.count == expectedParameters else { return reply(.incorrectParameterCount) }
        if request.opcode == .getHardwareConstants { contextSwitch.didGiveConstants() }
        return reply(.success, parameters)
    }

    /// How many parameters a control of the context switch has; nil for other controls.
    private static func contextSwitchParameters(_ opcode: ControlOpcode) -> Int? {
        switch opcode {
        case .clearConfiguredApps: 0
        case .setNetworkGroupHeader: 1
        case .setContextInfo, .changeContextSwitchStatus: 4
        default: nil
        }
    }

    /// Whether a message changes which groups the firmware has, or what they do.
    static func concernsGroups(_ message: [UInt8]) -> Bool {
        ControlRequest.decode(message[...]).flatMap { contextSwitchParameters($0.opcode) } != nil
    }

    /// How many parameters a control of the measurement of power has; nil for other controls.
    private static func powerParameters(_ opcode: ControlOpcode) -> Int? {
        switch opcode {
        case .setPowerMeasurement, .startPowerMeasurement: 3
        case .getPowerMeasurement: 2
        case .stopPowerMeasurement: 0
        default: nil
        }
    }

    private mutating func measurePower(_ request: ControlRequest.Decoded) -> EmulatedPower.Answer {
        switch request.opcode {
        case .setPowerMeasurement: power.set(request.parameters)
        case .startPowerMeasurement: power.start(request.parameters)
        case .getPowerMeasurement: power.get(request.parameters)
        default: power.stop()
        }
    }

    private mutating func changeContextSwitch(
        _ request: ControlRequest.Decoded, _ lists: @escaping ContextSwitch.Lists
    ) -> FirmwareStatus? {
        switch request.opcode {
        case .clearConfiguredApps: contextSwitch.clear()
        case .setNetworkGroupHeader: contextSwitch.addApplication(request.parameters[0])
        case .setContextInfo: contextSwitch.addContext(request.parameters, lists: lists)
        default: contextSwitch.change(request.parameters, lists: lists)
        }
    }

    /// The answer that refuses a message with `status`.
    func refusal(of message: [UInt8], status: FirmwareStatus) -> [UInt8]? {
        guard let request = ControlRequest.decode(message[...]) else { return nil }
        return ControlResponse.bytes(to: request.opcode, sequence: request.sequence, status: status)
    }
}
