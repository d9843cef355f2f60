package import Base

/// How an emulated device shall be. Written as "emulator", "emulator:hailo8l" or, with settings,
/// "emulator:hailo8l,board=second,driver=4.22.0,fault=GET_CHIP_TEMPERATURE:0x4003000f".
package struct EmulatorOptions: Equatable, Sendable {
    package enum Chip: Sendable {
        case hailo8, hailo8l
    }

    package var chip = Chip.hailo8
    package var driverVersion = Version(4, 23, 0)
    package var firmwareVersion = Version(4, 23, 0)
    package var descriptorPageSize: UInt16 = 4096
    package var faults: [Fault] = []
    /// Whether outputs tell what the inputs of their frame were.
    package var checksInputs = false
    /// Whether anything with a file descriptor counts as a dma-buf, which ordinary machines have none of.
    package var takesFilesAsDMABuffers = false
    /// The text that these options were read from: devices with the same text are one and the same board.
    package private(set) var id = "emulator:hailo8"

    package init() {}

    /// Reads the text of an id. nil if it does not name an emulated device at all.
    package static func parse(_ text: String) throws(HailoError) -> EmulatorOptions? {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false)[...]
        guard let first = parts.popFirst() else { return nil }
        var options = EmulatorOptions()
        switch String(first) {
        case "emulator", "emulator:hailo8":
            options.chip = .hailo8
            options.id = "emulator:hailo8"
        case "emulator:hailo8l":
            options.chip = .hailo8l
            options.id = "emulator:hailo8l"
        default:
            guard first.hasPrefix("emulator:") else { return nil }
            throw HailoError(
                .unknownID,
                "there is no emulated device \"\(first)\"; there are \"emulator:hailo8\" and \"emulator:hailo8l\"")
        }
        for part in parts {
            try options.set(part)
            options.id += "," + part
        }
        return options
    }

    private mutating func set(_ setting: Substring) throws(HailoError) {
        let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw HailoError(.invalidArgument, "emulator setting \"\(setting)\" is not of the form key=value")
        }
        let value = String(parts[1])
        func wrong(_ expected: String) -> HailoError {
            HailoError(.invalidArgument, "emulator setting \(parts[0]) takes \(expected), not \"\(value)\"")
        }
        switch String(parts[0]) {
        case "driver":
            guard let version = Version(value) else { throw wrong("a version such as 4.23.0") }
            driverVersion = version
        case "firmware":
            guard let version = Version(value) else { throw wrong("a version such as 4.23.0") }
            firmwareVersion = version
        case "page":
            guard let size = UInt16(value), size >= 64, size & (size - 1) == 0, size <= 4096 else {
                throw wrong("a power of two from 64 to 4096")
            }
            descriptorPageSize = size
        case "output":
            guard value == "pattern" || value == "checksum" else { throw wrong("pattern or checksum") }
            checksInputs = value == "checksum"
        case "dmabuf":
            guard value == "file" else { throw wrong("file") }
            takesFilesAsDMABuffers = true
        case "board":
            // Nothing but a part of the id, which tells boards apart.
            guard !value.isEmpty else { throw wrong("a name of your choice") }
        case "fault":
            faults.append(try Fault(value))
        default:
            throw HailoError(
                .invalidArgument,
                "there is no emulator setting \"\(parts[0])\"; there are driver, firmware, page, output, dmabuf, board and fault"
            )
        }
    }
}
