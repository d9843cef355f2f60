internal import HailoBase
internal import CHailoKernel
internal import CHailoPlatform

// The driver's transfers and interrupts.
extension EmulatedDriver {
    /// Starts a transfer. Like the driver's, this checks less than it should: what spoils the channel's state is noted as a
    /// violation, and spoils it.
    func launch(_ call: inout hailo_vdma_launch_transfer_params) -> Int {
        let number = Int(call.channel_index)
        guard call.engine_index == 0, number < Int(MAX_VDMA_CHANNELS_PER_ENGINE),
            call.buffers_count <= UInt8(HAILO_MAX_BUFFERS_PER_SINGLE_TRANSFER)
        else {
            return board.refuse(
                EINVAL,
                "VDMA_LAUNCH_TRANSFER of \(counted(call.buffers_count, "buffer")) on channel \(number) of engine \(call.engine_index); there "
                    + "is engine 0 with 32 channels, and a transfer has up to \(HAILO_MAX_BUFFERS_PER_SINGLE_TRANSFER) buffers"
            )
        }
        func refuse(_ errno: Int32, _ why: String) -> Int {
            board.refuse(errno, "VDMA_LAUNCH_TRANSFER on channel \(number): \(why)")
        }
        guard let list = file.lists[call.desc_handle] else {
            return refuse(EFAULT, "this file has no list \(call.desc_handle.hexadecimal)")
        }
        file.parts.removeAll(keepingCapacity: true)
        let known = withUnsafeBytes(of: &call.buffers) { raw in
            raw.bindMemory(to: hailo_vdma_transfer_buffer.self).prefix(Int(call.buffers_count)).prefix { piece in
                find(piece, toDevice: number < 16)
            }.count
        }
        guard known == Int(call.buffers_count) else {
            return refuse(
                EFAULT,
                "buffer \(known) of \(call.buffers_count) is not memory that this file has mapped as a whole and in "
                    + "this direction"
            )
        }
        if let other = board.channels[number].list, other !== list {
            return refuse(EINVAL, "the channel has another list, and keeps it until it is disabled")
        }
        board.channels[number].list = list
        guard board.channels[number].isOpen else {
            return refuse(ECONNRESET, "the firmware has not opened the channel, or has closed it")
        }
        let first = call.starting_desc
        guard board.channels[number].hardwareAvailable == board.channels[number].available else {
            return refuse(
                EFAULT,
                "driver and card disagree on its position; it was disabled or opened again while in use")
        }
        guard board.channels[number].available == Int(first & 0xffff) else {
            return refuse(
                EFAULT, "it begins at descriptor \(first), but the channel is at \(board.channels[number].available)")
        }
        guard list.pageSize > 0 else {
            board.violate("VDMA_LAUNCH_TRANSFER with a list with pages of 0 bytes; the kernel would crash")
            return -Int(EFAULT)
        }
        let (transfer, total) = place(list, first, call)
        guard board.channels[number].transfers.count < TransferChannel.maximumTransfers else {
            return refuse(EFAULT, "\(TransferChannel.maximumTransfers) transfers are in flight, which is the maximum")
        }
        board.channels[number].push(transfer)
        let next = Int(UInt16(truncatingIfNeeded: (transfer.last &+ 1) % UInt32(list.count)))
        board.channels[number].available = next
        board.channels[number].hardwareAvailable = next
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

    /// Writes the descriptors of a transfer. Returns what the driver does: the number of descriptors, into which it adds the
    /// errno of what it could not bind.
    private func place(
        _ list: DescriptorList, _ first: UInt32, _ call: hailo_vdma_launch_transfer_params
    ) -> (TransferChannel.Transfer, Int) {
        // Only where something is wrong: this runs for every transfer.
        func violate(_ what: String) { board.violate("VDMA_LAUNCH_TRANSFER on channel \(call.channel_index) \(what)") }
        if file.parts.isEmpty { violate("without buffers; the channel loses its position") }
        var transfer = TransferChannel.Transfer(first: first)
        var start = first
        var total: Int32 = 0
        let descriptors = UInt32(list.count)
        for (index, part) in file.parts.enumerated() {
            let isLast = index == file.parts.count - 1
            let domain = isLast ? DescriptorList.Domain(call.last_interrupts_domain) : .none
            var count: Int32
            if call.should_bind {
                do throws(DescriptorList.BindFailure) {
                    count = Int32(
                        truncatingIfNeeded: try list.bind(
                            part.buffer, offset: part.offset, size: part.size, start: Int(start), domain: domain,
                            stride: 0))
                } catch {
                    count = -error.number
                    violate(
                        "buffer \(index), \(counted(part.size, "byte")) from \(part.offset) of a mapped buffer of "
                            + "\(part.buffer.size), cannot be bound from descriptor \(start) of \(list.count) on: \(error.reason). "
                            + "The driver does not check and rings the doorbell; the channel is unusable until it is "
                            + "disabled"
                    )
                }
            } else {
                count = Int32(truncatingIfNeeded: list.markEnd(size: part.size, start: Int(start), domain: domain))
            }
            total &+= count
            let end = start &+ UInt32(bitPattern: count)
            transfer.append((end &- 1) % descriptors)
            start = end % descriptors
        }
        if first < descriptors {
            list.mark(Int(first), DescriptorList.Domain(call.first_interrupts_domain))
        } else {
            violate("from descriptor \(first) of \(list.count); the kernel writes beyond the list")
        }
        if total >= Int32(clamping: list.count), call.should_bind {
            violate("of \(counted(total, "descriptor")) in a list of \(list.count); the card sees nothing new")
        }
        return (transfer, Int(total))
    }

    // MARK: Interrupts

    /// Blocks until one of the channels has an interrupt, or is not enabled.
    func waitForInterrupts(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_vdma_interrupts_wait_params.self)
        let channels = call.pointee.channels_bitmap_per_engine.0
        guard channels != 0 else {
            return board.lock.withLock { board.refuse(EINVAL, "VDMA_INTERRUPTS_WAIT for no channel of engine 0") }
        }
        // Nobody is woken because the card is removed; the driver forgets to.
        let isReady = board.wait {
            file.isClosed || !board.isRemoved && channels & board.interrupted != 0
                || channels & ~board.enabledChannels != 0
        }
        guard isReady else { return -Int(EINTR) }
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
