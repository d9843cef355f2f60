internal import HailoBase
internal import CHailoKernel
internal import CHailoPlatform
internal import HailoKernelABI

// The driver's buffers, memory and channels: the same checks in the same order, the same errno. What would crash the kernel
// is noted as a violation instead.
extension EmulatedDriver {
    /// Reads the structure that a request points to. The driver reports a bad address of these requests as EFAULT.
    func withCall<Call>(
        _ argument: UnsafeMutableRawPointer?, as type: Call.Type, _ body: (inout Call) -> Int
    ) -> Int {
        guard let argument else { return -Int(EFAULT) }
        return body(&argument.assumingMemoryBound(to: type).pointee)
    }

    // MARK: Buffers

    func map(_ call: inout hailo_vdma_buffer_map_params) -> Int {
        guard call.data_direction <= HAILO_DMA_FROM_DEVICE.rawValue else {
            return board.refuse(EINVAL, "VDMA_BUFFER_MAP in direction \(call.data_direction); it must be 0, 1 or 2")
        }
        if call.buffer_type == HAILO_DMA_DMABUF_BUFFER.rawValue { return mapDMABuffer(&call) }
        // The driver keeps 32 bits of the size.
        let size = Int(UInt32(truncatingIfNeeded: call.size))
        guard size > 0 else {
            board.violate("VDMA_BUFFER_MAP of 0 bytes; the kernel would crash")
            return -Int(EFAULT)
        }
        if UInt64(size) != call.size {
            board.violate(
                "VDMA_BUFFER_MAP of \(counted(call.size, "byte")); the driver keeps 32 bits of that, \(counted(size, "byte"))"
            )
        }
        if let memory = file.allocations[call.allocated_buffer_handle], memory.kind == .lowMemory {
            return mapLowMemory(memory, size, &call)
        }
        let page = UInt64(hailoplatform_page_size())
        let start = call.user_address / page * page
        if start != call.user_address {
            board.violate(
                "VDMA_BUFFER_MAP at \(call.user_address.hexadecimal), which is not the start of a page; the card "
                    + "would use the memory from \(start.hexadecimal) on")
        }
        guard start > 0, let base = UnsafeMutableRawPointer(bitPattern: UInt(start)) else {
            return board.refuse(EFAULT, "VDMA_BUFFER_MAP at \(call.user_address.hexadecimal): there is no memory")
        }
        let there = hailoplatform_pinnable_bytes(base, size, DriverMemory.fileName)
        guard there == size else {
            return board.refuse(
                there == 0 ? EFAULT : EINVAL,
                "VDMA_BUFFER_MAP of \(counted(size, "byte")) at \(call.user_address.hexadecimal): "
                    + (there == 0 ? "none" : "only \(there)")
                    + " of them are memory that can be held for a device: mapped, writable if shared, and not the driver's own"
            )
        }
        call.mapped_handle = file.add(
            MappedBuffer(base: base, address: call.user_address, size: size, direction: call.data_direction))
        return 0
    }

    private func mapLowMemory(
        _ memory: DriverMemory, _ size: Int, _ call: inout hailo_vdma_buffer_map_params
    ) -> Int {
        let page = Int(hailoplatform_page_size())
        guard (size + page - 1) / page * page == memory.size else {
            return board.refuse(
                EINVAL,
                "VDMA_BUFFER_MAP of \(counted(size, "byte")) of \(memory.size) bytes of low memory, which can be "
                    + "mapped only as a whole"
            )
        }
        guard let base = memory.mapped() else {
            return board.refuse(ENOMEM, "VDMA_BUFFER_MAP of low memory: no room for it in the address space")
        }
        call.mapped_handle = file.add(
            MappedBuffer(
                base: base, address: call.user_address, size: size, direction: call.data_direction, isOwnMapping: true))
        return 0
    }

    /// There are no buffers of other drivers in this process; if the board is told to, it takes any memory that has a file
    /// descriptor for one.
    private func mapDMABuffer(_ call: inout hailo_vdma_buffer_map_params) -> Int {
        let size = Int(UInt32(truncatingIfNeeded: call.size))
        guard board.options.takesFilesAsDMABuffers, size > 0, let descriptor = Int32(exactly: call.user_address),
            let base = hailoplatform_map_shared(descriptor, size)
        else {
            return board.refuse(
                EINVAL,
                "VDMA_BUFFER_MAP of descriptor \(call.user_address), which is not a dma-buf; with the setting "
                    + "dmabuf=file any file that can be mapped counts as one")
        }
        call.mapped_handle = file.add(
            MappedBuffer(
                base: base, address: call.user_address, size: size, direction: call.data_direction, isDMABuffer: true,
                isOwnMapping: true))
        return 0
    }

    func unmap(_ call: hailo_vdma_buffer_unmap_params) -> Int {
        guard let buffer = file.buffers[call.mapped_handle] else {
            return board.refuse(
                EINVAL, "VDMA_BUFFER_UNMAP of \(call.mapped_handle): this file has mapped no such buffer")
        }
        if board.isInUse(buffer) {
            board.violate("VDMA_BUFFER_UNMAP of a buffer that the running network group uses")
        }
        return file.removeBuffer(call.mapped_handle) ? 0 : -Int(EINVAL)
    }

    func synchronize(_ call: hailo_vdma_buffer_sync_params) -> Int {
        guard let buffer = file.buffers[call.handle] else {
            return board.refuse(EINVAL, "VDMA_BUFFER_SYNC of \(call.handle): this file has mapped no such buffer")
        }
        guard call.sync_type <= HAILO_SYNC_FOR_DEVICE.rawValue else {
            return board.refuse(EINVAL, "VDMA_BUFFER_SYNC of type \(call.sync_type); it must be 0 or 1")
        }
        guard call.offset &+ call.count <= UInt64(buffer.size) else {
            return board.refuse(
                EINVAL,
                "VDMA_BUFFER_SYNC of \(counted(call.count, "byte")) from \(call.offset) of a buffer of \(buffer.size)")
        }
        return 0
    }

    // MARK: Memory of the driver's own

    private static let maximumContinuousMemory: UInt64 = 4 << 20

    func allocateLowMemory(_ call: inout hailo_allocate_low_memory_buffer_params) -> Int {
        guard call.buffer_size < 1 << 32,
            let memory = DriverMemory.allocate(.lowMemory, size: wholePages(call.buffer_size))
        else {
            return board.refuse(
                ENOMEM,
                "VDMA_LOW_MEMORY_BUFFER_ALLOC of \(counted(call.buffer_size, "byte")): there is not enough memory")
        }
        call.buffer_handle = file.add(memory)
        return 0
    }

    func allocateContinuous(_ call: inout hailo_allocate_continuous_buffer_params) -> Int {
        guard (1...EmulatedDriver.maximumContinuousMemory).contains(call.buffer_size),
            let memory = DriverMemory.allocate(.continuous, size: wholePages(call.buffer_size))
        else {
            return board.refuse(
                board.driver.hasDistinctErrors ? ENOBUFS : ENOMEM,
                "VDMA_CONTINUOUS_BUFFER_ALLOC of \(counted(call.buffer_size, "byte")); the valid range is 1 to "
                    + "\(EmulatedDriver.maximumContinuousMemory)"
            )
        }
        call.buffer_handle = file.add(memory)
        call.dma_address = board.nextListAddress(descriptors: memory.size / 16)
        return 0
    }

    private func wholePages(_ size: UInt64) -> Int {
        let page = UInt64(hailoplatform_page_size())
        return Int((size + page - 1) / page * page)
    }

    func free(_ kind: DriverMemory.Kind, _ handle: UInt64) -> Int {
        guard file.free(kind, handle) else {
            return board.refuse(
                EINVAL,
                "VDMA_\(kind == .lowMemory ? "LOW_MEMORY" : "CONTINUOUS")_BUFFER_FREE of \(handle.hexadecimal): this file "
                    + "has allocated no such memory")
        }
        return 0
    }

    // MARK: Channels

    func enableChannels(_ call: hailo_vdma_enable_channels_params) -> Int {
        let channels = call.channels_bitmap_per_engine.0
        guard channels & board.enabledChannels == 0 else {
            return board.refuse(
                EINVAL,
                "VDMA_ENABLE_CHANNELS of \(channels.hexadecimal): \((channels & board.enabledChannels).hexadecimal) of them are "
                    + "enabled already, by this file or another")
        }
        guard board.enable(channels, file) else {
            return board.refuse(
                EINVAL, "VDMA_ENABLE_CHANNELS of \(channels.hexadecimal): another process has enabled some of them")
        }
        for channel in board.channels.indices where channels & (1 << UInt32(channel)) != 0 {
            board.channels[channel].timestamps.start(isMeasuring: call.enable_timestamps_measure)
        }
        return 0
    }

    func disableChannels(_ call: hailo_vdma_disable_channels_params) -> Int {
        let channels = call.channels_bitmap_per_engine.0
        board.disable(channels)
        file.enabledChannels &= ~channels
        return 0
    }

    func readTimestamps(_ call: inout hailo_vdma_interrupts_read_timestamp_params) -> Int {
        guard call.engine_index == 0, call.channel_index < UInt8(MAX_VDMA_CHANNELS_PER_ENGINE) else {
            return board.refuse(
                EINVAL,
                "VDMA_INTERRUPTS_READ_TIMESTAMPS of channel \(call.channel_index) of engine \(call.engine_index); there is "
                    + "engine 0 with 32 channels")
        }
        let entries = board.channels[Int(call.channel_index)].timestamps.take()
        withUnsafeMutableBytes(of: &call.timestamps) { raw in
            let target = raw.bindMemory(to: hailo_channel_interrupt_timestamp.self)
            for (index, entry) in entries.enumerated().prefix(target.count) {
                target[index] = hailo_channel_interrupt_timestamp(
                    timestamp_ns: entry.moment, desc_num_processed: UInt16(truncatingIfNeeded: entry.processed))
            }
        }
        call.timestamps_count = UInt32(entries.count)
        return 0
    }
}
