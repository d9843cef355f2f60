package import HailoBase

/// The frame around every control message. Numbers in it are big endian:
/// version, flags, sequence, opcode; in a response major and minor status; the number of parameters; then each parameter
/// as its length and its bytes.
private enum Frame {
    static let version: UInt32 = 2
    static let responseFlag: UInt32 = 1
    static let requestHeader = 20
    static let responseHeader = 28

    /// Reads `count` parameters from `offset` on. nil if one runs over the end.
    static func parameters(
        _ bytes: ArraySlice<UInt8>, count: UInt32, from offset: Int
    ) -> (list: [ArraySlice<UInt8>], end: Int)? {
        var list: [ArraySlice<UInt8>] = []
        var position = offset
        for _ in 0..<count {
            guard let length = bytes.bigEndian(UInt32.self, at: position) else { return nil }
            position += 4
            guard length <= bytes.count - position else { return nil }
            let start = bytes.startIndex + position
            list.append(bytes[start..<(start + Int(length))])
            position += Int(length)
        }
        return (list, position)
    }

    static func append(parameters: [[UInt8]], to bytes: inout [UInt8]) {
        bytes.appendBigEndian(UInt32(truncatingIfNeeded: parameters.count))
        for parameter in parameters {
            bytes.appendBigEndian(UInt32(truncatingIfNeeded: parameter.count))
            bytes.append(contentsOf: parameter)
        }
    }
}

/// A message to the firmware.
package struct ControlRequest: Equatable, Sendable {
    package let opcode: ControlOpcode
    package let parameters: [[UInt8]]

    package init(_ opcode: ControlOpcode, _ parameters: [[UInt8]] = []) {
        self.opcode = opcode
        self.parameters = parameters
    }

    /// The bytes that go to the chip. The sequence number is always 0: over PCIe the firmware ignores it, and counting
    /// it up is one suspect in failed attempts to talk to the chip.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(Frame.version)
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(opcode.rawValue)
        Frame.append(parameters: parameters, to: &bytes)
        return bytes
    }

    /// What the firmware makes of received bytes: a request, the status with which it refuses them, or nil where the
    /// message is too short to be answered at all.
    package static func decode(_ bytes: ArraySlice<UInt8>) -> Decoded? {
        guard bytes.count >= Frame.requestHeader,
            let version = bytes.bigEndian(UInt32.self, at: 0), let flags = bytes.bigEndian(UInt32.self, at: 4),
            let sequence = bytes.bigEndian(UInt32.self, at: 8), let opcode = bytes.bigEndian(UInt32.self, at: 12),
            let count = bytes.bigEndian(UInt32.self, at: 16)
        else { return nil }
        var decoded = Decoded(
            opcode: ControlOpcode(rawValue: opcode), version: version, sequence: sequence, parameters: [],
            refusal: nil)
        let parsed = Frame.parameters(bytes, count: count, from: Frame.requestHeader)
        decoded.parameters = parsed?.list ?? []
        if version != Frame.version {
            decoded.refusal = .invalidVersion
        } else if flags & Frame.responseFlag != 0 {
            decoded.refusal = .controlAckReceived
        } else if let parsed {
            if parsed.end != bytes.count { decoded.refusal = .partOfMessageNotParsed }
        } else {
            decoded.refusal = .overrunAtParameter
        }
        return decoded
    }

    /// A received message taken apart.
    package struct Decoded {
        package let opcode: ControlOpcode
        package let version: UInt32
        package let sequence: UInt32
        package fileprivate(set) var parameters: [ArraySlice<UInt8>]
        package fileprivate(set) var refusal: FirmwareStatus?
    }
}

/// The firmware's answer.
package struct ControlResponse: Sendable {
    package let parameters: [ArraySlice<UInt8>]

    /// The bytes of an answer, as the firmware sends them.
    package static func bytes(
        to opcode: ControlOpcode, sequence: UInt32, status: FirmwareStatus = .success, parameters: [[UInt8]] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(Frame.version)
        bytes.appendBigEndian(Frame.responseFlag)
        bytes.appendBigEndian(sequence)
        bytes.appendBigEndian(opcode.rawValue)
        bytes.appendBigEndian(status.rawValue)
        bytes.appendBigEndian(status.rawValue)
        Frame.append(parameters: parameters, to: &bytes)
        return bytes
    }

    /// The two status words of an answer, or nil if it is too short for them.
    package static func status(
        of bytes: some RandomAccessCollection<UInt8>
    ) -> (major: FirmwareStatus, minor: FirmwareStatus)? {
        let header = Array(bytes.prefix(Frame.responseHeader))
        guard let major = header.bigEndian(UInt32.self, at: 16), let minor = header.bigEndian(UInt32.self, at: 20)
        else { return nil }
        return (FirmwareStatus(rawValue: major), FirmwareStatus(rawValue: minor))
    }

    /// Checks an answer to `opcode` and takes its parameters out.
    package init(_ bytes: [UInt8], to opcode: ControlOpcode) throws(HailoError) {
        func nonsense(_ what: String) -> HailoError {
            HailoError(
                .firmwareResponse,
                "the firmware's answer to \(opcode.name) makes no sense: \(what) (\(counted(bytes.count, "byte")))")
        }
        guard let version = bytes.bigEndian(UInt32.self, at: 0), let flags = bytes.bigEndian(UInt32.self, at: 4),
            let answered = bytes.bigEndian(UInt32.self, at: 12), let status = ControlResponse.status(of: bytes)
        else { throw nonsense("it is shorter than its header") }
        guard version == Frame.version else { throw nonsense("protocol version \(version) instead of 2") }
        guard flags & Frame.responseFlag != 0 else { throw nonsense("it is not marked as an answer") }
        if status.major != .success {
            throw ControlResponse.refusal(of: opcode, major: status.major, minor: status.minor)
        }
        guard answered == opcode.rawValue else { throw nonsense("it answers control \(answered)") }
        guard bytes.count > Frame.responseHeader - 4 else {
            parameters = []
            return
        }
        guard let count = bytes.bigEndian(UInt32.self, at: Frame.responseHeader - 4),
            let parsed = Frame.parameters(bytes[...], count: count, from: Frame.responseHeader)
        else { throw nonsense("a parameter extends beyond its end") }
        guard parsed.end == bytes.count else {
            throw nonsense("it is \(counted(bytes.count - parsed.end, "byte")) too long")
        }
        parameters = parsed.list
    }

    private static func refusal(
        of opcode: ControlOpcode, major: FirmwareStatus, minor: FirmwareStatus
    ) -> HailoError {
        var text = "the firmware refused \(opcode.name): \(major.text)"
        if minor != major, minor != .success { text += ", because of " + minor.text }
        let unsupported: [FirmwareStatus] = [.unsupportedOpcode, .invalidOpcode]
        if unsupported.contains(major) || unsupported.contains(minor) {
            text += "; this device or its firmware version does not have this control"
        }
        return HailoError(
            .firmwareRejected, text, cause: .firmware(status: (minor == .success ? major : minor).rawValue))
    }

    /// Parameter `index`, which must be at least `length` bytes long.
    package func parameter(
        _ index: Int, atLeast length: Int, of opcode: ControlOpcode
    ) throws(HailoError) -> ArraySlice<UInt8> {
        guard index < parameters.count else {
            throw HailoError(
                .firmwareResponse,
                "the firmware's answer to \(opcode.name) has \(counted(parameters.count, "parameter")), number \(index + 1) is missing"
            )
        }
        guard parameters[index].count >= length else {
            throw HailoError(
                .firmwareResponse,
                "parameter \(index + 1) of the firmware's answer to \(opcode.name) has \(counted(parameters[index].count, "byte")) "
                    + "instead of \(length)")
        }
        return parameters[index]
    }
}
