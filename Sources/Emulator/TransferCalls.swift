internal import Base
internal import CHailoKernel
internal import CPlatform

// The driver's transfers and interrupts.
extension EmulatedDriver {
    /// Starts a transfer. Like the driver's, this checks less than it should: what would spoil the channel's state is noted
    /// as a violation and refused.
    func launch(_ call: inout hailo_vdma_launch_transfer_params) -> Int {
        let number = Int(call.channel_index)
        guard call.engine_index == 0, number < Int(MAX_VDMA_CHANNELS_PER_ENGINE),
            call.buffers_count <= UInt8(HAILO_MAX_BUFFERS_PER_SINGLE_TRANSFER)
        else { return -Int(EINVAL) }
        guard let list = file.lists[call.desc_handle] else { return -Int(EFAULT) }
        let pieces = withUnsafeBytes(of: &call.buffers) {
            Array($0.bindMemory(to: hailo_vdma_transfer_buffer.self).prefix(Int(call.buffers_count)))
        }
        var parts: [(buffer: MappedBuffer, offset: Int, size: Int)] = []
        for piece in pieces {
            guard let part = find(piece, toDevice: number < 16) else { return -Int(EFAULT) }
            parts.append(part)
        }
        if let known = board.channels[number].list, known !== list { return -Int(EINVAL) }
        board.channels[number].list = list
        guard board.channels[number].isOpen else { return -Int(ECONNRESET) }
        let first = Int(call.starting_desc)
        guard board.channels[number].hardwareAvailable == board.channels[number].available,
            board.channels[number].available == first & 0xffff
        else { return -Int(EFAULT) }
        guard let total = place(parts, list, first, call) else { return -Int(EFAULT) }
        guard board.channels[number].transfers.count < TransferChannel.mostTransfers else { return -Int(EFAULT) }
        let last = (first + total - 1) % list.count
        board.channels[number].push(
            TransferChannel.Transfer(lastDescriptor: last, dirtyDescriptors: dirty(parts, list, first)))
        board.channels[number].available = (last + 1) % list.count
        board.channels[number].hardwareAvailable = (last + 1) % list.count
        board.runCore()
        return total
    }

    private func find(
        _ piece: hailo_vdma_transfer_buffer, toDevice: Bool
    ) -> (buffer: MappedBuffer, offset: Int, size: Int)? {
        guard piece.buffer_type == HAILO_DMA_USER_PTR_BUFFER.rawValue else { return nil }
        let direction = (toDevice ? HAILO_DMA_TO_DEVICE : HAILO_DMA_FROM_DEVICE).rawValue
        let newestFirst = file.buffers.sorted { $0.key > $1.key }.map { $0.value }
        for buffer in newestFirst where buffer.direction == direction || buffer.direction == 0 {
            guard piece.addr_or_fd >= buffer.address else { continue }
            let offset = piece.addr_or_fd - buffer.address
            guard offset <= UInt64(buffer.size), UInt64(piece.size) <= UInt64(buffer.size) - offset else { continue }
            return (buffer, Int(offset), Int(piece.size))
        }
        return nil
    }

    /// Writes the descriptors of a transfer. nil, with a violation, for one that the driver would start wrongly.
    private func place(
        _ parts: [(buffer: MappedBuffer, offset: Int, size: Int)], _ list: DescriptorList, _ first: Int,
        _ call: hailo_vdma_launch_transfer_params
    ) -> Int? {
        guard !parts.isEmpty else {
            board.violate("VDMA_LAUNCH_TRANSFER without buffers; the channel would lose its position")
            return nil
        }
        guard first < list.count else {
            board.violate(
                "VDMA_LAUNCH_TRANSFER from descriptor \(first) of \(list.count); the kernel would write elsewhere")
            return nil
        }
        var start = first
        var total = 0
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            let domain = isLast ? DescriptorList.Domain(call.last_interrupts_domain) : .none
            let count: Int
            if call.should_bind {
                do throws(DescriptorList.BindFailure) {
                    count = try list.bind(
                        part.buffer, offset: part.offset, size: part.size, start: start, domain: domain, stride: 0)
                } catch {
                    board.violate("VDMA_LAUNCH_TRANSFER that cannot be bound; the channel would be unusable afterwards")
                    return nil
                }
            } else {
                count = list.markEnd(size: part.size, start: start, domain: domain)
            }
            total += count
            start = (start + count) % list.count
        }
        guard total > 0, total < list.count else {
            board.violate("VDMA_LAUNCH_TRANSFER of \(total) descriptors in a list of \(list.count)")
            return nil
        }
        list.mark(first, DescriptorList.Domain(call.first_interrupts_domain))
        return total
    }

    private func dirty(
        _ parts: [(buffer: MappedBuffer, offset: Int, size: Int)], _ list: DescriptorList, _ first: Int
    ) -> [Int] {
        var indexes = [first]
        var start = first
        for part in parts {
            start = (start + (part.size + list.pageSize - 1) / list.pageSize) % list.count
            indexes.append((start + list.count - 1) % list.count)
        }
        return indexes
    }

    // MARK: Interrupts

    /// Blocks until one of the channels has an interrupt, or is not enabled.
    func waitForInterrupts(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_vdma_interrupts_wait_params.self)
        let channels = call.pointee.channels_bitmap_per_engine.0
        guard channels != 0 else { return -Int(EINVAL) }
        while true {
            let seen = board.wakeups.withLock { board.wakeupCount }
            let isReady = board.lock.withLock {
                board.isRemoved || channels & board.interrupted != 0 || channels & ~board.enabledChannels != 0
            }
            if isReady { break }
            board.wakeups.withLock { while board.wakeupCount == seen { board.wakeups.wait() } }
        }
        return board.lock.withLock {
            guard !board.isRemoved else { return -Int(ENODEV) }
            collect(channels, &call.pointee)
            return 0
        }
    }

    private func collect(_ channels: UInt32, _ call: inout hailo_vdma_interrupts_wait_params) {
        let got = channels & board.enabledChannels & board.interrupted
        board.interrupted &= ~got
        var count = 0
        withUnsafeMutableBytes(of: &call.irq_data) { raw in
            let entries = raw.bindMemory(to: hailo_vdma_interrupts_channel_data.self)
            for channel in 0..<32 where got & (1 << UInt32(channel)) != 0 {
                guard let data = board.channels[channel].retire() else { continue }
                entries[count] = hailo_vdma_interrupts_channel_data(
                    engine_index: 0, channel_index: UInt8(channel), data: data)
                count += 1
            }
        }
        call.channels_count = UInt8(count)
    }
}
