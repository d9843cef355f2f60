internal import HailoBase
internal import HailoFormats
internal import HailoDriver
internal import HailoEmulator
internal import HailoRecorder
internal import HailoRuntime

/// The forms of a device id, and how each is opened. This is the only place that knows all drivers.
enum DeviceID {
    case emulator(EmulatorOptions)
    case file(path: String)
    case pciAddress(String)

    /// Reads an id. Anything that is no known form is an error that lists the forms.
    init(_ text: String) throws(HailoError) {
        if let options = try EmulatorOptions.parse(text, standard: try EmulatedDevices.standard()) {
            self = .emulator(options)
        } else if text.hasPrefix("/") {
            self = .file(path: text)
        } else if let address = DeviceID.fullPCIAddress(text) {
            self = .pciAddress(address)
        } else {
            throw HailoError(
                .unknownID,
                "\"\(text)\" is not a device id. Ids are a PCI address (0000:01:00.0), a device file (/dev/hailo0), "
                    + "emulator:hailo8 and emulator:hailo8l")
        }
    }

    /// The id that the environment names, else the only device of the machine. Never an emulated one.
    static func standard() throws(HailoError) -> DeviceID {
        if let text = Environment.value("HAILOSWIFT_DEVICE") { return try DeviceID(text) }
        let devices = try DeviceScan.devices()
        guard let first = devices.first else {
            throw HailoError(
                .notFound,
                "no Hailo device found: \(DeviceScan.classPath) lists none. Is the card in its slot (lspci -d 1e60:) and the "
                    + "driver loaded (modprobe hailo_pci)? To work without a card, use the device \"emulator\"")
        }
        guard devices.count == 1 else {
            throw HailoError(
                .invalidArgument,
                "there are \(devices.count) devices (\(devices.map { $0.pciAddress }.joined(separator: ", "))); name one of them, "
                    + "or set HAILOSWIFT_DEVICE")
        }
        return .pciAddress(first.pciAddress)
    }

    /// All devices of the machine; where the environment names one, that one, or all emulated ones of its kind.
    static func all() throws(HailoError) -> [DeviceID] {
        guard let text = Environment.value("HAILOSWIFT_DEVICE") else {
            return try DeviceScan.devices().map { .pciAddress($0.pciAddress) }
        }
        let named = try DeviceID(text)
        guard case .emulator(let options) = named else { return [named] }
        return (0..<options.devices).map { .emulator(options.numbered($0)) }
    }

    /// Opens what the id names.
    func open(isShared: Bool = false) throws(HailoError) -> Device.Connection {
        switch self {
        case .emulator(let options):
            let emulator = try EmulatedDriver.open(options)
            return Device.Connection(driver: try recorded(emulator)) {
                emulator.findings.map {
                    DeviceFinding(kind: $0.kind == .violation ? .violation : .refusal, text: $0.text)
                }
            }
        case .file(let path):
            let entry = try? DeviceScan.devices().first { $0.path == path }
            return Device.Connection(
                driver: try recorded(DeviceID.openFile(path, entry, isShared)), path: path,
                pciAddress: entry?.pciAddress)
        case .pciAddress(let address):
            let devices = try DeviceScan.devices()
            guard let entry = devices.first(where: { $0.pciAddress == address }) else {
                let known = devices.isEmpty ? "none" : devices.map { $0.pciAddress }.joined(separator: ", ")
                throw HailoError(
                    .notFound, "there is no Hailo device at PCI address \(address). Devices found: \(known)")
            }
            return Device.Connection(
                driver: try recorded(DeviceID.openFile(entry.path, entry, isShared)), path: entry.path,
                pciAddress: address)
        }
    }

    private static func openFile(
        _ path: String, _ entry: DeviceScan.Entry?, _ isShared: Bool
    ) throws(HailoError) -> LinuxDriver {
        if let entry, !entry.isNeuralNetworkCore {
            throw HailoError(
                .unsupportedDevice,
                "\(path) is a Hailo-10 or Hailo-15, a whole system of its own; this library runs the Hailo-8 and Hailo-8L"
            )
        }
        return try LinuxDriver.open(path: path, isShared: isShared)
    }

    private func recorded(_ driver: any Driver) throws(HailoError) -> any Driver {
        do throws(HailoError) {
            guard let file = try TraceFile.fromEnvironment() else { return driver }
            return RecordingDriver(driver, into: file)
        } catch {
            driver.close()
            throw error
        }
    }

    /// "0000:01:00.0" for itself and for "01:00.0", in lower case; nil for anything else.
    private static func fullPCIAddress(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        let shape: [UInt8]
        switch bytes.count {
        case 12: shape = Array("hhhh:hh:hh.h".utf8)
        case 7: shape = Array("hh:hh.h".utf8)
        default: return nil
        }
        for (byte, expected) in zip(bytes, shape) {
            let isDigit =
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
            guard expected == UInt8(ascii: "h") ? isDigit : byte == expected else { return nil }
        }
        let lowered = String(decoding: bytes.map { $0 | 0x20 }, as: UTF8.self)
        return bytes.count == 7 ? "0000:" + lowered : lowered
    }
}
