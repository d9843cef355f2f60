package import HailoBase

/// The answer to IDENTIFY: who the board and its application processor are.
package struct DeviceIdentity: Equatable, Sendable {
    package var protocolVersion: UInt32
    package var firmware: FirmwareVersion
    package var loggerVersion: UInt32
    package var boardName: String
    /// 1 is the Hailo-8, 2 the Hailo-8L; see `Chip`.
    package var architectureCode: UInt32
    package var serialNumber: String
    package var partNumber: String
    package var productName: String

    package init(
        protocolVersion: UInt32, firmware: FirmwareVersion, loggerVersion: UInt32, boardName: String,
        architectureCode: UInt32, serialNumber: String, partNumber: String, productName: String
    ) {
        self.protocolVersion = protocolVersion
        self.firmware = firmware
        self.loggerVersion = loggerVersion
        self.boardName = boardName
        self.architectureCode = architectureCode
        self.serialNumber = serialNumber
        self.partNumber = partNumber
        self.productName = productName
    }

    package static let request = ControlRequest(.identify)

    /// Part numbers of emulated boards begin with it, also of those that another process or the preload library offers as a
    /// device file.
    package static let emulatedMark = "EMULATED"

    package var isEmulated: Bool { partNumber.hasPrefix(DeviceIdentity.emulatedMark) }

    package init(_ response: ControlResponse) throws(HailoError) {
        var reader = ResponseReader(response, to: .identify)
        protocolVersion = try reader.bigEndian(UInt32.self)
        firmware = FirmwareVersion(bytes: try reader.bytes(12))
        loggerVersion = try reader.bigEndian(UInt32.self)
        boardName = try reader.text()
        architectureCode = try reader.bigEndian(UInt32.self)
        serialNumber = try reader.text()
        partNumber = try reader.text()
        productName = try reader.text()
        guard !firmware.isCore else {
            throw HailoError(
                .firmwareResponse,
                "the application processor answers IDENTIFY with the version of core firmware; reload the firmware")
        }
    }

    package var parameters: [[UInt8]] {
        var words: [[UInt8]] = [[], [], []]
        words[0].appendBigEndian(protocolVersion)
        words[1].appendBigEndian(loggerVersion)
        words[2].appendBigEndian(architectureCode)
        func text(_ value: String, _ length: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.append(text: value, length: length)
            return bytes
        }
        return [
            words[0], firmware.bytes, words[1], text(boardName, 32), words[2], text(serialNumber, 16),
            text(partNumber, 16), text(productName, 42),
        ]
    }
}

/// The answer to CORE_IDENTIFY: the firmware of the processor that runs networks.
package struct CoreIdentity: Equatable, Sendable {
    package var firmware: FirmwareVersion

    package init(firmware: FirmwareVersion) {
        self.firmware = firmware
    }

    package static let request = ControlRequest(.coreIdentify)

    package init(_ response: ControlResponse) throws(HailoError) {
        var reader = ResponseReader(response, to: .coreIdentify)
        firmware = FirmwareVersion(bytes: try reader.bytes(12))
        guard firmware.isCore else {
            throw HailoError(
                .firmwareResponse,
                "the core processor answers CORE_IDENTIFY with the version of application firmware; reload the firmware"
            )
        }
    }

    package var parameters: [[UInt8]] { [firmware.bytes] }
}
