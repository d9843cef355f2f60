package import HailoBase
package import HailoKernelABI

/// The requests that concern a device as a whole, with failures in words.
package struct DriverCalls: Sendable {
    package let driver: any Driver

    package init(_ driver: any Driver) {
        self.driver = driver
    }

    package func queryDriverInfo() throws(HailoError) -> Version { try perform(QueryDriverInfo()) }

    package func queryDeviceProperties() throws(HailoError) -> DeviceProperties { try perform(QueryDeviceProperties()) }

    /// Reserves the device for this open file. Returns false if another open file has it.
    package func markAsInUse() throws(HailoError) -> Bool { try perform(MarkAsInUse()) }

    /// Exchanges one message with the firmware and returns its answer. `describing` names the message in errors.
    package func control(
        _ message: [UInt8], digest: [UInt8], processor: UInt32, timeout: UInt32, describing: String
    ) throws(HailoError) -> (bytes: [UInt8], digest: [UInt8]) {
        guard message.count <= FirmwareControl.maximumLength else {
            throw HailoError(
                .invalidArgument,
                "control message \(describing) has \(message.count) bytes; the driver takes at most "
                    + "\(FirmwareControl.maximumLength)")
        }
        let answer = try perform(
            FirmwareControl(message: message, digest: digest, processor: processor, timeoutMilliseconds: timeout),
            describing)
        guard let bytes = answer.bytes else {
            throw HailoError(
                .firmwareResponse, "\(driver.name) answers \(describing) with \(answer.length) bytes, more than fit")
        }
        return (bytes, answer.digest)
    }

    /// Waits until the firmware tells something. Ends with an error when notifications are disabled.
    package func readNotification() throws(HailoError) -> [UInt8] {
        let answer = try perform(ReadNotification())
        guard let bytes = answer.bytes else {
            throw HailoError(
                .firmwareResponse, "\(driver.name): a notification of \(answer.length) bytes is too long to be one")
        }
        return bytes
    }

    /// Ends notifications for good, and the waiting for one.
    package func disableNotifications() throws(HailoError) { try perform(DisableNotification()) }

    private func perform<Request: UniformRequest>(
        _ request: Request, _ detail: String? = nil
    ) throws(HailoError) -> Request.Answer {
        try request.perform(on: driver, .newest) { detail.map { "\(Request.name) (\($0))" } ?? "\(Request.name)" }
    }
}
