internal import CHailoKernel

/// Creates a list of descriptors. The answer is its handle and where the chip finds it.
package struct CreateList: UniformRequest {
    package static let name: StaticString = "DESC_LIST_CREATE"

    private let count: UInt32
    private let pageSize: UInt16
    private let isCircular: Bool

    package init(count: UInt32, pageSize: UInt16, isCircular: Bool) {
        self.count = count
        self.pageSize = pageSize
        self.isCircular = isCircular
    }

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> (handle: UInt64, address: UInt64) {
        var parameters = hailo_desc_list_create_params(
            desc_count: UInt64(count), desc_page_size: pageSize, is_circular: isCircular, desc_handle: 0, dma_address: 0
        )
        try exchange(&parameters, HAILO_DESC_LIST_CREATE, call)
        return (parameters.desc_handle, parameters.dma_address)
    }
}

package struct ReleaseList: UniformRequest {
    package static let name: StaticString = "DESC_LIST_RELEASE"

    private let handle: UInt64

    package init(handle: UInt64) { self.handle = handle }

    package func perform(_ call: DriverCall) throws(DriverRefusal) {
        var parameters = hailo_desc_list_release_params(desc_handle: handle)
        try exchange(&parameters, HAILO_DESC_LIST_RELEASE, call)
    }
}

/// How descriptors of a list are pointed at a buffer.
package struct ListProgram: Sendable {
    package var size: Int
    package var offset: Int
    package var batch: UInt32
    package var channel: UInt8
    package var firstDescriptor: UInt32
    package var binds: Bool
    package var interruptsDevice: Bool
    /// The distance of descriptors in memory, 0 for a page; only drivers that `canStride` know it.
    package var stride: UInt32

    package init(
        size: Int, offset: Int = 0, batch: UInt32 = 1, channel: UInt8, firstDescriptor: UInt32 = 0,
        binds: Bool = true, interruptsDevice: Bool = false, stride: UInt32 = 0
    ) {
        self.size = size
        self.offset = offset
        self.batch = batch
        self.channel = channel
        self.firstDescriptor = firstDescriptor
        self.binds = binds
        self.interruptsDevice = interruptsDevice
        self.stride = stride
    }
}

/// Points descriptors at a buffer, or marks where a transfer ends. The answer is how many descriptors were programmed.
package struct ProgramList: DriverRequest {
    package static let name: StaticString = "DESC_LIST_PROGRAM"

    private let list, buffer: UInt64
    private let pageSize: Int
    private let program: ListProgram

    /// `pageSize` is that of the list.
    package init(list: UInt64, pageSize: Int, buffer: UInt64, _ program: ListProgram) {
        self.list = list
        self.pageSize = pageSize
        self.buffer = buffer
        self.program = program
    }

    package func perform(_ call: DriverCall, on interface: DriverInterface) throws(DriverRefusal) -> Int {
        let domain =
            program.interruptsDevice ? HAILO_VDMA_INTERRUPTS_DOMAIN_DEVICE : HAILO_VDMA_INTERRUPTS_DOMAIN_NONE
        switch interface.generation {
        case .second:
            var parameters = hailo_desc_list_program_params(
                buffer_handle: buffer, buffer_size: UInt64(program.size), buffer_offset: UInt64(program.offset),
                batch_size: program.batch, desc_handle: list, channel_index: program.channel,
                starting_desc: program.firstDescriptor, should_bind: program.binds,
                last_interrupts_domain: domain.rawValue, is_debug: false, stride: program.stride)
            return try exchange(&parameters, HAILO_DESC_LIST_PROGRAM, call)
        case .first:
            return try performInParts(call, domain.rawValue)
        }
    }

    /// One call for each transfer of a batch, which is what later drivers do within one. Only the last one's end is told.
    private func performInParts(_ call: DriverCall, _ domain: UInt32) throws(DriverRefusal) -> Int {
        var parameters = hailo_4_20_desc_list_program_params(
            buffer_handle: buffer, buffer_size: UInt64(program.size), buffer_offset: UInt64(program.offset),
            desc_handle: list, channel_index: program.channel, starting_desc: program.firstDescriptor,
            should_bind: program.binds, last_interrupts_domain: HAILO_VDMA_INTERRUPTS_DOMAIN_NONE.rawValue,
            is_debug: false)
        var descriptors = 0
        for transfer in 0..<program.batch {
            if transfer == program.batch - 1 { parameters.last_interrupts_domain = domain }
            let count = try exchange(&parameters, HAILO_4_20_DESC_LIST_PROGRAM, call)
            descriptors += count
            parameters.starting_desc &+= UInt32(truncatingIfNeeded: count)
            parameters.buffer_offset &+= UInt64(count) &* UInt64(pageSize)
        }
        return descriptors
    }
}
