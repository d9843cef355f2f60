internal import Base
internal import CHailoKernel
internal import CPlatform
internal import Driver

// The driver's buffers and descriptor lists: the same checks in the same order, the same errno. What would crash the kernel
// is noted as a violation instead.
extension EmulatedDriver {
    /// Reads the structure that a request points to. The driver reports a bad address of these requests as EFAULT.
    func withCall<Call>(
        _ argument: UnsafeMutableRawPointer?, as type: Call.Type, _ body: (inout Call) -> Int
    ) -> Int {
        guard let argument else { return -Int(EFAULT) }
        return body(&argument.assumingMemoryBound(to: type).pointee)
    }

    func map(_ call: inout hailo_vdma_buffer_map_params) -> Int {
        guard call.data_direction <= HAILO_DMA_FROM_DEVICE.rawValue else { return -Int(EINVAL) }
        if call.buffer_type == HAILO_DMA_DMABUF_BUFFER.rawValue { return mapDMABuffer(&call) }
        // The driver keeps 32 bits of the size.
        let size = Int(UInt32(truncatingIfNeeded: call.size))
        guard size > 0 else {
            board.violate("BUFFER_MAP of 0 bytes; the kernel would crash")
            return -Int(EFAULT)
        }
        let page = UInt64(platform_page_size())
        let start = call.user_address / page * page
        if start != call.user_address {
            board.violate(
                "BUFFER_MAP at \(call.user_address.hexadecimal), which is no start of a page; the card would use the memory from "
                    + "\(start.hexadecimal) on")
        }
        guard start > 0, let base = UnsafeMutableRawPointer(bitPattern: UInt(start)) else { return -Int(EFAULT) }
        switch platform_accessible_bytes(base, size) {
        case 0: return -Int(EFAULT)
        case let count where count < size: return -Int(EINVAL)
        default: break
        }
        call.mapped_handle = file.add(
            MappedBuffer(base: base, address: call.user_address, size: size, direction: call.data_direction))
        return 0
    }

    /// There are no buffers of other drivers in this process; if the board is told to, it takes any memory that has a file
    /// descriptor for one.
    private func mapDMABuffer(_ call: inout hailo_vdma_buffer_map_params) -> Int {
        let size = Int(UInt32(truncatingIfNeeded: call.size))
        guard board.options.takesFilesAsDMABuffers, size > 0, let descriptor = Int32(exactly: call.user_address),
            let base = platform_map_shared(descriptor, size)
        else { return -Int(EINVAL) }
        call.mapped_handle = file.add(
            MappedBuffer(
                base: base, address: call.user_address, size: size, direction: call.data_direction, isDMABuffer: true))
        return 0
    }

    func unmap(_ call: hailo_vdma_buffer_unmap_params) -> Int {
        if let buffer = file.buffers[call.mapped_handle], board.isInUse(buffer) {
            board.violate("BUFFER_UNMAP of a buffer that the running network group uses")
        }
        return file.removeBuffer(call.mapped_handle) ? 0 : -Int(EINVAL)
    }

    func synchronize(_ call: hailo_vdma_buffer_sync_params) -> Int {
        guard let buffer = file.buffers[call.handle] else { return -Int(EINVAL) }
        guard call.sync_type <= HAILO_SYNC_FOR_DEVICE.rawValue, call.offset &+ call.count <= UInt64(buffer.size) else {
            return -Int(EINVAL)
        }
        return 0
    }

    // MARK: Descriptor lists

    /// Without contiguous memory set aside the kernel gives 4 MiB for a list.
    private static let mostDescriptors: UInt32 = 262144

    func createList(_ call: inout hailo_desc_list_create_params) -> Int {
        func isPowerOfTwo(_ value: UInt64) -> Bool { value & (value &- 1) == 0 }
        guard !call.is_circular || isPowerOfTwo(call.desc_count), isPowerOfTwo(UInt64(call.desc_page_size)) else {
            return -Int(EINVAL)
        }
        let handle = file.nextHandle()
        let count = UInt32(truncatingIfNeeded: call.desc_count)
        guard count <= 0x8000_0000 else { return -Int(EINVAL) }
        if count == 0 { board.violate("DESC_LIST_CREATE of 0 descriptors; with an IOMMU the kernel would crash") }
        guard (1...EmulatedDriver.mostDescriptors).contains(count) else { return -Int(ENOBUFS) }
        if call.desc_page_size == 0 {
            board.violate("DESC_LIST_CREATE with pages of 0 bytes; to program the list would crash the kernel")
            return -Int(EINVAL)
        }
        let list = DescriptorList(
            address: board.nextListAddress(descriptors: Int(count)), count: Int(count),
            pageSize: Int(call.desc_page_size), isCircular: call.is_circular)
        file.add(list, handle: handle)
        call.desc_handle = handle
        call.dma_address = list.address
        return 0
    }

    func releaseList(_ call: hailo_desc_list_release_params) -> Int {
        if let list = file.lists[call.desc_handle], board.isInUse(list) {
            board.violate("DESC_LIST_RELEASE of a list that the running network group uses")
        }
        return file.removeList(call.desc_handle) ? 0 : -Int(EINVAL)
    }

    func program(_ call: hailo_desc_list_program_params) -> Int {
        guard let buffer = file.buffers[call.buffer_handle], let list = file.lists[call.desc_handle],
            call.buffer_size <= UInt64(buffer.size)
        else { return -Int(EFAULT) }
        let size = Int(call.buffer_size)
        var offset = Int(UInt32(truncatingIfNeeded: call.buffer_offset))
        var start = Int(call.starting_desc)
        var total = 0
        for transfer in 0..<call.batch_size {
            let isLast = transfer == call.batch_size - 1
            let domain = isLast ? DescriptorList.Domain(call.last_interrupts_domain) : .none
            let count: Int
            if call.should_bind {
                do throws(DescriptorList.BindFailure) {
                    count = try list.bind(
                        buffer, offset: offset, size: size, start: start, domain: domain, stride: Int(call.stride))
                } catch {
                    switch error {
                    case .invalid: return -Int(EINVAL)
                    case .range: return -Int(ERANGE)
                    case .fault: return -Int(EFAULT)
                    }
                }
            } else {
                count = list.markEnd(size: size, start: start, domain: domain)
            }
            offset += count * list.pageSize
            start += count
            if list.isCircular { start %= list.count }
            total += count
        }
        return total
    }

    // MARK: Memory of the driver's own

    func allocateLowMemory(_ call: inout hailo_allocate_low_memory_buffer_params) -> Int {
        guard call.buffer_size < 1 << 32 else { return -Int(ENOMEM) }
        call.buffer_handle = file.allocate(.lowMemory, size: call.buffer_size)
        return 0
    }

    func allocateContinuous(_ call: inout hailo_allocate_continuous_buffer_params) -> Int {
        guard (1...(4 << 20)).contains(call.buffer_size) else { return -Int(ENOBUFS) }
        call.buffer_handle = file.allocate(.continuous, size: call.buffer_size)
        call.dma_address = board.nextListAddress(descriptors: Int(call.buffer_size) / 16)
        return 0
    }

    // MARK: Channels

    func enableChannels(_ call: hailo_vdma_enable_channels_params) -> Int {
        let channels = call.channels_bitmap_per_engine.0
        guard channels & board.enabledChannels == 0 else { return -Int(EINVAL) }
        board.enabledChannels |= channels
        file.enabledChannels |= channels
        return 0
    }

    func disableChannels(_ call: hailo_vdma_disable_channels_params) -> Int {
        let channels = call.channels_bitmap_per_engine.0
        board.disable(channels)
        file.enabledChannels &= ~channels
        return 0
    }
}
