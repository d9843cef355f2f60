internal import HailoBase
internal import CHailoKernel
internal import CHailoPlatform
internal import HailoKernelABI

// The driver's descriptor lists.
extension EmulatedDriver {
    /// Without contiguous memory set aside the kernel gives 4 MiB for a list.
    private static let maximumDescriptors: UInt32 = 262144

    func createList(_ call: inout hailo_desc_list_create_params) -> Int {
        func isPowerOfTwo(_ value: UInt64) -> Bool { value & (value &- 1) == 0 }
        guard !call.is_circular || isPowerOfTwo(call.desc_count) else {
            return board.refuse(
                EINVAL, "DESC_LIST_CREATE of a ring of \(call.desc_count) descriptors, which is not a power of two")
        }
        guard isPowerOfTwo(UInt64(call.desc_page_size)) else {
            return board.refuse(
                EINVAL, "DESC_LIST_CREATE with pages of \(call.desc_page_size) bytes, which is not a power of two")
        }
        let handle = file.nextHandle()
        let count = UInt32(truncatingIfNeeded: call.desc_count)
        guard count <= 0x8000_0000 else {
            return board.refuse(EINVAL, "DESC_LIST_CREATE of \(call.desc_count) descriptors, more than can be counted")
        }
        if count == 0 { board.violate("DESC_LIST_CREATE of 0 descriptors; with an IOMMU the kernel would crash") }
        guard (1...EmulatedDriver.maximumDescriptors).contains(count) else {
            return board.refuse(
                board.driver.hasDistinctErrors ? ENOBUFS : ENOMEM,
                "DESC_LIST_CREATE of \(count) descriptors; there is memory for \(EmulatedDriver.maximumDescriptors)")
        }
        if UInt64(count) != call.desc_count {
            board.violate(
                "DESC_LIST_CREATE of \(call.desc_count) descriptors; the driver keeps 32 bits of that, \(count)")
        }
        if call.desc_page_size == 0 {
            board.violate("DESC_LIST_CREATE with pages of 0 bytes; programming the list would crash the kernel")
        }
        if call.desc_page_size > board.options.descriptorPageSize {
            board.violate(
                "DESC_LIST_CREATE with pages of \(call.desc_page_size) bytes; the card takes at most "
                    + "\(board.options.descriptorPageSize), and the driver does not check")
        }
        let list = DescriptorList.make(
            address: board.nextListAddress(descriptors: Int(count)), count: Int(count),
            pageSize: Int(call.desc_page_size), isCircular: call.is_circular)
        guard let list else {
            return board.refuse(
                ENOMEM, "DESC_LIST_CREATE of \(count) descriptors, for which this process has no memory")
        }
        file.add(list, handle: handle)
        call.desc_handle = handle
        call.dma_address = list.address
        return 0
    }

    func releaseList(_ call: hailo_desc_list_release_params) -> Int {
        guard let list = file.lists[call.desc_handle] else {
            return board.refuse(
                EINVAL, "DESC_LIST_RELEASE of \(call.desc_handle.hexadecimal): this file has no such list")
        }
        if board.isInUse(list) {
            board.violate("DESC_LIST_RELEASE of a list that the running network group uses")
        }
        if board.channels.contains(where: { $0.list === list && !$0.transfers.isEmpty }) {
            board.violate(
                "DESC_LIST_RELEASE of a list with transfers in flight; the driver would write into freed memory")
        }
        return file.removeList(call.desc_handle) ? 0 : -Int(EINVAL)
    }

    /// A program in the words of either generation.
    struct ProgramCall {
        let buffer, size, offset, list: UInt64
        var batch: UInt32 = 1
        let start: UInt32
        let binds: Bool
        let domain: UInt32
        var stride: UInt32 = 0
    }

    func program(_ call: hailo_desc_list_program_params) -> Int {
        program(
            ProgramCall(
                buffer: call.buffer_handle, size: call.buffer_size, offset: call.buffer_offset, list: call.desc_handle,
                batch: call.batch_size, start: call.starting_desc, binds: call.should_bind,
                domain: call.last_interrupts_domain, stride: call.stride))
    }

    func program(_ call: hailo_4_20_desc_list_program_params) -> Int {
        program(
            ProgramCall(
                buffer: call.buffer_handle, size: call.buffer_size, offset: call.buffer_offset, list: call.desc_handle,
                start: call.starting_desc, binds: call.should_bind, domain: call.last_interrupts_domain))
    }

    private func program(_ call: ProgramCall) -> Int {
        guard let buffer = file.buffers[call.buffer] else {
            return board.refuse(
                EFAULT, "DESC_LIST_PROGRAM with buffer \(call.buffer), which this file has not mapped")
        }
        guard let list = file.lists[call.list] else {
            return board.refuse(
                EFAULT, "DESC_LIST_PROGRAM of \(call.list.hexadecimal): this file has no such list")
        }
        guard call.size <= UInt64(buffer.size) else {
            return board.refuse(
                EFAULT, "DESC_LIST_PROGRAM with \(call.size) bytes of a buffer of \(buffer.size)")
        }
        guard list.pageSize > 0 else {
            board.violate("DESC_LIST_PROGRAM of a list with pages of 0 bytes; the kernel would crash")
            return -Int(EFAULT)
        }
        guard call.batch <= EmulatedDriver.maximumDescriptors else {
            board.violate(
                "DESC_LIST_PROGRAM of \(call.batch) transfers, more than any list has descriptors; the kernel would be busy "
                    + "with them and block everything else")
            return -Int(ERANGE)
        }
        let size = Int(call.size)
        var offset = Int(UInt32(truncatingIfNeeded: call.offset))
        var start = Int(call.start)
        var total = 0
        for transfer in 0..<call.batch {
            let isLast = transfer == call.batch - 1
            let domain = isLast ? DescriptorList.Domain(call.domain) : .none
            let count: Int
            if call.binds {
                do throws(DescriptorList.BindFailure) {
                    count = try list.bind(
                        buffer, offset: offset, size: size, start: start, domain: domain, stride: Int(call.stride))
                } catch {
                    return board.refuse(
                        error.number(for: board.driver),
                        "DESC_LIST_PROGRAM of \(counted(size, "byte")) from \(offset) of a buffer of \(buffer.size), from descriptor \(start) "
                            + "of \(list.count) with pages of \(list.pageSize) on: \(error.reason)")
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
}

extension DescriptorList.BindFailure {
    func number(for driver: DriverInterface) -> Int32 {
        switch self {
        case .invalid: driver.generation == .first ? EFAULT : EINVAL
        case .range: ERANGE
        case .fault: EFAULT
        }
    }

    var reason: String {
        switch self {
        case .invalid:
            "the place in the buffer and the stride must fit the pages, and the descriptor must be in the list"
        case .range: "the list is too short for it"
        case .fault: "it reaches beyond the end of the buffer"
        }
    }
}
