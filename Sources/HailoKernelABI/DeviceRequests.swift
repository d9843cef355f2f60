package import HailoBase
internal import CHailoKernel

/// Asks for the version of the driver.
package struct QueryDriverInfo: UniformRequest {
    package static let name: StaticString = "QUERY_DRIVER_INFO"

    package init() {}

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> Version {
        var info = hailo_driver_info()
        try exchange(&info, HAILO_QUERY_DRIVER_INFO, call)
        return Version(info.major_version, info.minor_version, info.revision_version)
    }
}

/// What the driver says of a device.
package struct DeviceProperties: Sendable {
    /// The largest page of a DMA descriptor, in bytes.
    package let descriptorPageSize: UInt32
    package let dmaEngines: UInt32
    package let boardType, dmaType: UInt32
    package let isHailo8, isPCIe, hasFirmware: Bool
}

package struct QueryDeviceProperties: UniformRequest {
    package static let name: StaticString = "QUERY_DEVICE_PROPERTIES"

    package init() {}

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> DeviceProperties {
        var properties = hailo_device_properties()
        try exchange(&properties, HAILO_QUERY_DEVICE_PROPERTIES, call)
        return DeviceProperties(
            descriptorPageSize: UInt32(properties.desc_max_page_size),
            dmaEngines: UInt32(clamping: properties.dma_engines_count), boardType: properties.board_type,
            dmaType: properties.dma_type, isHailo8: properties.board_type == HAILO_BOARD_TYPE_HAILO8.rawValue,
            isPCIe: properties.dma_type == HAILO_DMA_TYPE_PCIE.rawValue, hasFirmware: properties.is_fw_loaded)
    }
}

/// Reserves the device for this open file. The answer is false if another open file has it.
package struct MarkAsInUse: UniformRequest {
    package static let name: StaticString = "MARK_AS_IN_USE"

    package init() {}

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> Bool {
        var parameters = hailo_mark_as_in_use_params()
        try exchange(&parameters, HAILO_MARK_AS_IN_USE, call)
        return !parameters.in_use
    }
}

/// Waits for a notification of the firmware. The answer is nil if its length is none that a notification can have.
package struct ReadNotification: UniformRequest {
    package static let name: StaticString = "READ_NOTIFICATION"

    package init() {}

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> (length: UInt64, bytes: [UInt8]?) {
        var notification = hailo_d2h_notification()
        do throws(DriverRefusal) {
            try exchange(&notification, HAILO_READ_NOTIFICATION, call)
        } catch {
            guard error.number == HAILO_4_19_NOTIFICATIONS_DISABLED else { throw error }
            throw DriverRefusal(number: Int(HAILO_NOTIFICATIONS_DISABLED), request: error.request)
        }
        let length = UInt64(notification.buffer_len)
        guard length <= UInt64(MAX_NOTIFICATION_LENGTH) else { return (length, nil) }
        return (length, withUnsafeBytes(of: notification.buffer) { Array($0.prefix(Int(length))) })
    }
}

/// Ends notifications for good, and the waiting for one.
package struct DisableNotification: UniformRequest {
    package static let name: StaticString = "DISABLE_NOTIFICATION"

    package init() {}

    package func perform(_ call: DriverCall) throws(DriverRefusal) {
        let result = call(HAILO_DISABLE_NOTIFICATION, nil)
        guard result >= 0 else { throw DriverRefusal(number: -result, request: HAILO_DISABLE_NOTIFICATION) }
    }
}
