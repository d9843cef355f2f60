package import HailoBase
package import HailoFirmware
package import HailoFormats
package import HailoKernelABI
internal import CHailoPlatform

/// How an emulated device shall be. Written as "emulator", "emulator:hailo8l" or, with settings,
/// "emulator:hailo8l,board=second,driver=4.22.0,fault=GET_CHIP_TEMPERATURE:0x4003000f". docs/emulator.md lists the settings.
package struct EmulatorOptions: Equatable, Sendable {
    package var chip = Chip.hailo8
    package var driverVersion = Version(4, 23, 0)
    package var firmwareVersion = Version(4, 23, 0)
    package var driver: DriverInterface { DriverInterface(of: driverVersion) }
    package var firmware: FirmwareInterface { FirmwareInterface(of: firmwareVersion) }
    package var descriptorPageSize: UInt16 = 4096
    package var faults: [Fault] = []
    /// Whether outputs tell what the inputs of their frame were.
    package var checksInputs = false
    /// Whether anything with a file descriptor counts as a dma-buf, which ordinary machines have none of.
    package var takesFilesAsDMABuffers = false
    /// The name by which other processes get the same card; nil for a card of this process.
    package var sharedName: String?
    /// How many devices a machine shall have that has emulated ones.
    package var devices = 1
    /// Changes made-up outputs and when faults come that come by chance.
    package var seed: UInt64 = 0
    /// Whether opening, closing and controls take as long as with a card.
    package var takesTimeOfCard = false
    /// Nanoseconds from the inputs of a frame to its outputs, and from one frame's outputs to the next's.
    package var frameLatency: UInt64 = 0
    package var frameInterval: UInt64 = 0
    /// Whether the firmware takes what real firmware refuses, for programs that are about the driver only.
    package var isLenient = false
    /// The text that these options were read from: devices with the same text are one and the same board.
    package private(set) var id = "emulator:hailo8"

    package init() {}

    /// The chip that a text names, which is what an id has before its first comma, without "emulator:".
    private static func chip(named name: String) -> Chip? {
        switch name {
        case "hailo8": .hailo8
        case "hailo8l": .hailo8l
        default: nil
        }
    }

    /// Reads the text of an id. nil if it does not name an emulated device at all. What it leaves open, `standard` decides.
    package static func parse(
        _ text: String, standard: EmulatorOptions = EmulatorOptions()
    ) throws(HailoError) -> EmulatorOptions? {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false)[...]
        guard let first = parts.popFirst() else { return nil }
        var options = standard
        if first != "emulator" {
            guard first.hasPrefix("emulator:") else { return nil }
            guard let chip = chip(named: String(first.dropFirst("emulator:".count))) else {
                throw HailoError(
                    .unknownID,
                    "there is no emulated device \"\(first)\"; there are \"emulator:hailo8\" and \"emulator:hailo8l\"")
            }
            options.choose(chip)
        }
        for part in parts { try options.add(part) }
        return options
    }

    /// Reads settings as an id has them behind "emulator:": "hailo8l,page=512", "devices=2".
    package static func settings(_ text: String) throws(HailoError) -> EmulatorOptions {
        var options = EmulatorOptions()
        for part in text.split(separator: ",") {
            if let chip = chip(named: String(part)) {
                options.choose(chip)
            } else {
                try options.add(part)
            }
        }
        return options
    }

    /// The options of the device with this number, counted from 0, on a machine that has several.
    package func numbered(_ index: Int) -> EmulatorOptions {
        var options = self
        guard index > 0 else { return options }
        options.id += ",board=\(index)"
        // Each of them is a card of its own.
        options.sharedName = sharedName.map { "\($0)-\(index)" }
        return options
    }

    private mutating func choose(_ chip: Chip) {
        self.chip = chip
        let settings = id.firstIndex(of: ",").map { String(id[$0...]) } ?? ""
        id = (chip == .hailo8l ? "emulator:hailo8l" : "emulator:hailo8") + settings
    }

    private mutating func add(_ setting: Substring) throws(HailoError) {
        try set(setting)
        id += "," + setting
    }

    /// The names of all settings, for messages.
    private static let names = [
        "driver", "firmware", "page", "devices", "board", "shared", "seed", "timing", "latency", "fps", "output",
        "dmabuf",
        "checks", "fault", "script",
    ]

    private mutating func set(_ setting: Substring) throws(HailoError) {
        let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw HailoError(.invalidArgument, "emulator setting \"\(setting)\" is not of the form key=value")
        }
        let value = String(parts[1])
        func wrong(_ expected: String) -> HailoError {
            HailoError(.invalidArgument, "emulator setting \(parts[0]) takes \(expected), not \"\(value)\"")
        }
        func version() throws(HailoError) -> Version {
            guard let version = Version(value) else { throw wrong("a version such as 4.23.0") }
            return version
        }
        func number(_ range: ClosedRange<UInt64>, _ expected: String) throws(HailoError) -> UInt64 {
            guard let number = UInt64(value), range.contains(number) else { throw wrong(expected) }
            return number
        }
        switch String(parts[0]) {
        case "driver": driverVersion = try version()
        case "firmware": firmwareVersion = try version()
        case "page":
            let size = try number(64...4096, "a power of two from 64 to 4096")
            guard size & (size - 1) == 0 else { throw wrong("a power of two from 64 to 4096") }
            descriptorPageSize = UInt16(size)
        case "devices": devices = Int(try number(0...16, "a number of devices from 0 to 16"))
        case "board":
            // Nothing but a part of the id, which tells boards apart.
            guard !value.isEmpty else { throw wrong("a name of your choice") }
        case "shared":
            let isName = value.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
            guard isName, (1...64).contains(value.utf8.count) else {
                throw wrong("a name of up to 64 letters, digits and hyphens")
            }
            sharedName = value
        case "seed": seed = try number(0...UInt64.max, "a number")
        case "timing":
            guard value == "none" || value == "card" else { throw wrong("none or card") }
            takesTimeOfCard = value == "card"
        case "latency":
            frameLatency = 1000 * (try number(0...60_000_000, "microseconds, at most 60000000"))
        case "fps":
            frameInterval = 1_000_000_000 / (try number(1...1_000_000_000, "frames per second, a whole number from 1"))
        case "output":
            guard value == "pattern" || value == "checksum" else { throw wrong("pattern or checksum") }
            checksInputs = value == "checksum"
        case "dmabuf":
            guard value == "file" else { throw wrong("file") }
            takesFilesAsDMABuffers = true
        case "checks":
            guard value == "strict" || value == "lenient" else { throw wrong("strict or lenient") }
            isLenient = value == "lenient"
        case "fault": faults.append(try Fault(value))
        case "script": faults += try Fault.script(try EmulatorOptions.read(value), path: value)
        default:
            throw HailoError(
                .invalidArgument,
                "there is no emulator setting \"\(parts[0])\"; there are \(EmulatorOptions.names.joined(separator: ", "))"
            )
        }
    }

    private static let largestScript = 32 << 10

    private static func read(_ path: String) throws(HailoError) -> String {
        var bytes = [UInt8](repeating: 0, count: largestScript)
        let count = bytes.withUnsafeMutableBytes { hailoplatform_read_file(path, $0.baseAddress, $0.count) }
        guard count >= 0 else {
            throw HailoError(
                .fileError,
                "cannot read the fault script \(path): \(String(cString: strerror(Int32(clamping: -count))))")
        }
        guard count < largestScript else {
            throw HailoError(.fileError, "the fault script \(path) has more than \(largestScript) bytes")
        }
        return String(decoding: bytes[..<Int(count)], as: UTF8.self)
    }
}
