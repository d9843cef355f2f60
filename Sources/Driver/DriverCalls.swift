package import Base
package import CHailoKernel

/// One typed call for each request that this library makes.
package struct DriverCalls: Sendable {
    package let driver: any Driver

    package init(_ driver: any Driver) {
        self.driver = driver
    }

    package func queryDriverInfo() throws(HailoError) -> hailo_driver_info {
        try fill(hailo_driver_info(), HAILO_QUERY_DRIVER_INFO, "QUERY_DRIVER_INFO")
    }

    package func queryDeviceProperties() throws(HailoError) -> hailo_device_properties {
        try fill(hailo_device_properties(), HAILO_QUERY_DEVICE_PROPERTIES, "QUERY_DEVICE_PROPERTIES")
    }

    /// Reserves the device for this open file. Returns false if another open file has it.
    package func markAsInUse() throws(HailoError) -> Bool {
        try !fill(hailo_mark_as_in_use_params(), HAILO_MARK_AS_IN_USE, "MARK_AS_IN_USE").in_use
    }

    /// Exchanges one message with the firmware and returns its answer. `describing` names the message in errors.
    package func control(
        _ message: [UInt8], digest: [UInt8], processor: UInt32, timeout: UInt32, describing: String
    ) throws(HailoError) -> (bytes: [UInt8], digest: [UInt8]) {
        // The driver copies as many bytes as it is told, past the end of the card's window if need be.
        guard message.count <= Int(MAX_CONTROL_LENGTH) else {
            throw HailoError(
                .invalidArgument,
                "control message \(describing) has \(message.count) bytes; the driver takes at most \(MAX_CONTROL_LENGTH)"
            )
        }
        var parameters = hailo_fw_control()
        parameters.buffer_len = UInt32(message.count)
        parameters.timeout_ms = timeout
        parameters.cpu_id = processor
        let bufferOffset = Int(HAILO_FW_CONTROL_BUFFER_OFFSET)
        let digestLength = Int(PCIE_EXPECTED_MD5_LENGTH)
        let result = withUnsafeMutableBytes(of: &parameters) { raw in
            UnsafeMutableRawBufferPointer(rebasing: raw[..<digestLength]).copyBytes(from: digest.prefix(digestLength))
            UnsafeMutableRawBufferPointer(rebasing: raw[bufferOffset...]).copyBytes(from: message)
            return driver.perform(HAILO_FW_CONTROL, raw.baseAddress)
        }
        guard result >= 0 else {
            throw DriverFailure.error(-result, during: "FW_CONTROL (\(describing))", on: driver.name)
        }
        let length = Int(parameters.buffer_len)
        guard length <= Int(MAX_CONTROL_LENGTH) else {
            throw HailoError(
                .firmwareResponse, "\(driver.name) answers \(describing) with \(length) bytes, more than fit")
        }
        return withUnsafeBytes(of: &parameters) { raw in
            (Array(raw[bufferOffset..<(bufferOffset + length)]), Array(raw[..<digestLength]))
        }
    }

    /// Waits until the firmware tells something. Ends with an error when notifications are disabled.
    package func readNotification() throws(HailoError) -> [UInt8] {
        let answer = try fill(hailo_d2h_notification(), HAILO_READ_NOTIFICATION, "READ_NOTIFICATION")
        guard answer.buffer_len <= UInt64(MAX_NOTIFICATION_LENGTH) else {
            throw HailoError(
                .firmwareResponse, "\(driver.name): a notification of \(answer.buffer_len) bytes is too long to be one")
        }
        return withUnsafeBytes(of: answer.buffer) { Array($0.prefix(Int(answer.buffer_len))) }
    }

    /// Ends notifications for good, and whoever waits for one.
    package func disableNotifications() throws(HailoError) {
        let result = driver.perform(HAILO_DISABLE_NOTIFICATION, nil)
        guard result >= 0 else {
            throw DriverFailure.error(-result, during: "DISABLE_NOTIFICATION", on: driver.name)
        }
    }

    private func fill<Parameters>(
        _ initial: Parameters, _ request: UInt32, _ requestName: StaticString
    ) throws(HailoError) -> Parameters {
        var parameters = initial
        let result = withUnsafeMutableBytes(of: &parameters) { driver.perform(request, $0.baseAddress) }
        guard result >= 0 else { throw DriverFailure.error(-result, during: "\(requestName)", on: driver.name) }
        return parameters
    }
}
