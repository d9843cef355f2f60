internal import CHailoKernel

/// The names of the driver's requests, without the driver's HAILO_ prefix: for traces, messages and fault scripts.
package enum RequestNames {
    package static func name(of request: UInt32) -> String? {
        for entry in table where entry.request == request { return "\(entry.name)" }
        return nil
    }

    package static func request(named name: String) -> UInt32? {
        for entry in table where "\(entry.name)" == name { return entry.request }
        return nil
    }

    private static let table: [(request: UInt32, name: StaticString)] = [
        (HAILO_QUERY_DEVICE_PROPERTIES, "QUERY_DEVICE_PROPERTIES"),
        (HAILO_QUERY_DRIVER_INFO, "QUERY_DRIVER_INFO"),
        (HAILO_VDMA_ENABLE_CHANNELS, "VDMA_ENABLE_CHANNELS"),
        (HAILO_VDMA_DISABLE_CHANNELS, "VDMA_DISABLE_CHANNELS"),
        (HAILO_VDMA_INTERRUPTS_WAIT, "VDMA_INTERRUPTS_WAIT"),
        (HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS, "VDMA_INTERRUPTS_READ_TIMESTAMPS"),
        (HAILO_VDMA_BUFFER_MAP, "VDMA_BUFFER_MAP"),
        (HAILO_VDMA_BUFFER_UNMAP, "VDMA_BUFFER_UNMAP"),
        (HAILO_VDMA_BUFFER_SYNC, "VDMA_BUFFER_SYNC"),
        (HAILO_DESC_LIST_CREATE, "DESC_LIST_CREATE"),
        (HAILO_DESC_LIST_RELEASE, "DESC_LIST_RELEASE"),
        (HAILO_DESC_LIST_PROGRAM, "DESC_LIST_PROGRAM"),
        (HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC, "VDMA_LOW_MEMORY_BUFFER_ALLOC"),
        (HAILO_VDMA_LOW_MEMORY_BUFFER_FREE, "VDMA_LOW_MEMORY_BUFFER_FREE"),
        (HAILO_MARK_AS_IN_USE, "MARK_AS_IN_USE"),
        (HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC, "VDMA_CONTINUOUS_BUFFER_ALLOC"),
        (HAILO_VDMA_CONTINUOUS_BUFFER_FREE, "VDMA_CONTINUOUS_BUFFER_FREE"),
        (HAILO_VDMA_LAUNCH_TRANSFER, "VDMA_LAUNCH_TRANSFER"),
        (HAILO_FW_CONTROL, "FW_CONTROL"),
        (HAILO_READ_NOTIFICATION, "READ_NOTIFICATION"),
        (HAILO_DISABLE_NOTIFICATION, "DISABLE_NOTIFICATION"),
        (HAILO_READ_LOG, "READ_LOG"),
        (HAILO_RESET_NN_CORE, "RESET_NN_CORE"),
        (HAILO_WRITE_ACTION_LIST, "WRITE_ACTION_LIST"),
        (HAILO_SOC_CONNECT, "SOC_CONNECT"),
        (HAILO_SOC_CLOSE, "SOC_CLOSE"),
        (HAILO_SOC_POWER_OFF, "SOC_POWER_OFF"),
        (HAILO_PCI_EP_ACCEPT, "PCI_EP_ACCEPT"),
        (HAILO_PCI_EP_CLOSE, "PCI_EP_CLOSE"),
        // Drivers up to 4.20.
        (HAILO_4_20_VDMA_INTERRUPTS_WAIT, "VDMA_INTERRUPTS_WAIT"), (HAILO_4_20_DESC_LIST_PROGRAM, "DESC_LIST_PROGRAM"),
        (HAILO_4_20_VDMA_LAUNCH_TRANSFER, "VDMA_LAUNCH_TRANSFER"),
    ]
}
