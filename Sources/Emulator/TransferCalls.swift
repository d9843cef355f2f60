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
        file.parts.removeAll(keepingCapacity: true)
        let isKnown = withUnsafeBytes(of: &call.buffers) { raw in
            raw.bindMemory(to: hailo_vdma_transfer_buffer.self).prefix(Int(call.buffers_count)).allSatisfy { piece in
                find(piece, toDevice: number < 16)
            }
        }
        guard isKnown else { return -Int(EFAULT) }
        if let known = board.channels[number].list, known !== list { return -Int(EINVAL) }
        board.channels[number].list = list
        guard board.channels[number].isOpen else { return -Int(ECONNRESET) }
        let first = Int(call.starting_desc)
        guard board.channels[number].hardwareAvailable == board.channels[number].available,
            board.channels[number].available == first & 0xffff
        else { return -Int(EFAULT) }
        guard let (transfer, total) = place(list, first, call) else { return -Int(EFAULT) }
        guard board.channels[number].transfers.count < TransferChannel.mostTransfers else { return -Int(EFAULT) }
        board.channels[number].push(transfer)
        board.channels[number].available = (transfer.last + 1) % list.count
        board.channels[number].hardwareAvailable = (transfer.last + 1) % list.count
        board.runCore()
        return total
    }

    /// Looks a buffer of a transfer up and adds it to the parts.
    private func find(_ piece: hailo_vdma_transfer_buffer, toDevice: Bool) -> Bool {
        let direction = (toDevice ? HAILO_DMA_TO_DEVICE : HAILO_DMA_FROM_DEVICE).rawValue
        let isDMABuffer = piece.buffer_type == HAILO_DMA_DMABUF_BUFFER.rawValue
        guard isDMABuffer || piece.buffer_type == HAILO_DMA_USER_PTR_BUFFER.rawValue else { return false }
        for buffer in file.newestBuffersLast.reversed()
        where buffer.isDMABuffer == isDMABuffer && (buffer.direction == direction || buffer.direction == 0) {
            if isDMABuffer {
                guard buffer.address == piece.addr_or_fd, Int(piece.size) <= buffer.size else { continue }
                file.parts.append((buffer, 0, Int(piece.size)))
                return true
            }
            guard piece.addr_or_fd >= buffer.address else { continue }
            let offset = piece.addr_or_fd - buffer.address
            guard offset <= UInt64(buffer.size), UInt64(piece.size) <= UInt64(buffer.size) - offset else { continue }
            file.parts.append((buffer, Int(offset), Int(piece.size)))
            return true
        }
        return false
    }

    /// Writes the descriptors of a transfer. nil, with a violation, for one that the driver would start wrongly.
    private func place(
        _ list: DescriptorList, _ first: Int, _ call: hailo_vdma_launch_transfer_params
    ) -> (TransferChannel.Transfer, Int)? {
        guard !file.parts.isEmpty else {
            board.violate("VDMA_LAUNCH_TRANSFER without buffers; the channel would lose its position")
            return nil
        }
        guard first < list.count else {
            board.violate(
                "VDMA_LAUNCH_TRANSFER from descriptor \(first) of \(list.count); the kernel would write elsewhere")
            return nil
        }
        var transfer = TransferChannel.Transfer()
        transfer.append(first)
        var start = first
        var total = 0
        for (index, part) in file.parts.enumerated() {
            let isLast = index == file.parts.count - 1
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
            transfer.append((start + list.count - 1) % list.count)
        }
        guard total > 0, total < list.count else {
            board.violate("VDMA_LAUNCH_TRANSFER of \(total) descriptors in a list of \(list.count)")
            return nil
        }
        list.mark(first, DescriptorList.Domain(call.first_interrupts_domain))
        return (transfer, total)
    }

    // MARK: Interrupts

    /// Blocks until one of the channels has an interrupt, or is not enabled.
    func waitForInterrupts(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_vdma_interrupts_wait_params.self)
        let channels = call.pointee.channels_bitmap_per_engine.0
        guard channels != 0 else { return -Int(EINVAL) }
        // Nobody is woken because the card is removed; the driver forgets to.
        board.waitForWakeup {
            file.isClosed || !board.isRemoved && channels & board.interrupted != 0
                || channels & ~board.enabledChannels != 0
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
