internal import CHailoKernel

/// Exchanges one message with the firmware.
package struct FirmwareControl: UniformRequest {
    package static let name: StaticString = "FW_CONTROL"
    package static let number = HAILO_FW_CONTROL
    /// The driver copies as many bytes as it is told, past the end of the card's window if need be.
    package static let maximumLength = Int(MAX_CONTROL_LENGTH)

    private let message, digest: [UInt8]
    private let processor, timeoutMilliseconds: UInt32

    private static let digestLength = Int(PCIE_EXPECTED_MD5_LENGTH)
    private static let bufferOffset = Int(HAILO_FW_CONTROL_BUFFER_OFFSET)

    /// `message` has at most `maximumLength` bytes, `digest` is its MD5.
    package init(message: [UInt8], digest: [UInt8], processor: UInt32, timeoutMilliseconds: UInt32) {
        self.message = Array(message.prefix(FirmwareControl.maximumLength))
        self.digest = digest
        self.processor = processor
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// The firmware's answer and its digest; no bytes if the answer is longer than an answer can be.
    package struct Answer {
        package let length: Int
        package let bytes: [UInt8]?
        package let digest: [UInt8]
    }

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> Answer {
        var parameters = hailo_fw_control()
        parameters.buffer_len = UInt32(message.count)
        parameters.timeout_ms = timeoutMilliseconds
        parameters.cpu_id = processor
        withUnsafeMutableBytes(of: &parameters) { raw in
            UnsafeMutableRawBufferPointer(rebasing: raw[..<FirmwareControl.digestLength])
                .copyBytes(from: digest.prefix(FirmwareControl.digestLength))
            UnsafeMutableRawBufferPointer(rebasing: raw[FirmwareControl.bufferOffset...]).copyBytes(from: message)
        }
        try exchange(&parameters, HAILO_FW_CONTROL, call)
        let length = Int(parameters.buffer_len)
        return withUnsafeBytes(of: &parameters) { raw in
            let content = FirmwareControl.Content(raw)
            return Answer(
                length: length, bytes: length <= FirmwareControl.maximumLength ? content.message : nil,
                digest: content.digest)
        }
    }

    /// What the structure of a request holds, before it is performed or afterwards.
    package struct Content {
        package let message, digest: [UInt8]
        package let processor, timeoutMilliseconds: UInt32

        fileprivate init(_ raw: UnsafeRawBufferPointer) {
            let call = raw.loadUnaligned(as: hailo_fw_control.self)
            let length = min(Int(call.buffer_len), FirmwareControl.maximumLength)
            let offset = FirmwareControl.bufferOffset
            message = Array(raw[offset..<(offset + length)])
            digest = Array(raw[..<FirmwareControl.digestLength])
            processor = call.cpu_id
            timeoutMilliseconds = call.timeout_ms
        }

        /// `argument` is that of a request with the number `FirmwareControl.number`.
        package init(argument: UnsafeRawPointer) {
            self.init(UnsafeRawBufferPointer(start: argument, count: MemoryLayout<hailo_fw_control>.size))
        }
    }
}
