internal import HailoBase
internal import CHailoKernel
internal import CHailoPlatform

// The driver's transfers and interrupts.
extension EmulatedDriver {
    /// A transfer in the words of either generation. Its buffers are looked up apart from it.
    struct LaunchCall {
        let engine, channel: UInt8
        let list: UInt64
        let start: UInt32
        let binds: Bool
        let buffers: UInt8
        let firstDomain, lastDomain: UInt32
    }

    func launch(_ call: inout hailo_vdma_launch_transfer_params) -> Int {
        let number = Int(call.channel_index)
        let launch = LaunchCall(
            engine: call.engine_index, channel: call.channel_index, list: call.desc_handle, start: call.starting_desc,
            binds: call.should_bind, buffers: call.buffers_count, firstDomain: call.first_interrupts_domain,
            lastDomain: call.last_interrupts_domain)
        if let refusal = check(launch, maximumBuffers: UInt8(HAILO_MAX_BUFFERS_PER_SINGLE_TRANSFER)) { return refusal }
        let known = withUnsafeBytes(of: &call.buffers) { raw in
            raw.bindMemory(to: hailo_vdma_transfer_buffer.self).prefix(Int(call.buffers_count)).prefix { piece in
                find(piece, toDevice: number < 16)
            }.count
        }
        guard known == Int(call.buffers_count) else {
            return refuse(
                launch, EFAULT,
                "buffer \(known) of \(call.buffers_count) is not memory that this file has mapped as a whole and in "
                    + "this direction"
            )
        }
        return start(launch)
    }

    /// Drivers up to 4.20 write down what later ones return.
    func launch(_ call: inout hailo_4_20_vdma_launch_transfer_params) -> Int {
        let launch = LaunchCall(
            engine: call.engine_index, channel: call.channel_index, list: call.desc_handle, start: call.starting_desc,
            binds: call.should_bind, buffers: call.buffers_count, firstDomain: call.first_interrupts_domain,
            lastDomain: call.last_interrupts_domain)
        if let refusal = check(launch, maximumBuffers: UInt8(HAILO_4_20_MAX_BUFFERS_PER_SINGLE_TRANSFER)) {
            return refusal
        }
        for (index, piece) in [call.buffers.0, call.buffers.1].prefix(Int(call.buffers_count)).enumerated() {
            guard let buffer = file.buffers[piece.mapped_buffer_handle] else {
                return refuse(launch, EFAULT, "buffer \(index) is \(piece.mapped_buffer_handle), which is not mapped")
            }
            guard Int(piece.size) <= buffer.size, Int(piece.offset) <= buffer.size else {
                return refuse(
                    launch, EINVAL,
                    "buffer \(index) is \(counted(piece.size, "byte")) from \(piece.offset) of a mapped buffer of \(buffer.size)"
                )
            }
            let direction = (call.channel_index < 16 ? HAILO_DMA_TO_DEVICE : HAILO_DMA_FROM_DEVICE).rawValue
            if buffer.direction != direction, buffer.direction != 0 {
                board.violate(
                    "VDMA_LAUNCH_TRANSFER on channel \(call.channel_index) with memory that was mapped for the other direction; the "
                        + "driver does not look")
            }
            file.parts.append((buffer, Int(piece.offset), Int(piece.size)))
        }
        let result = start(launch)
        call.descs_programed = UInt32(clamping: max(result, 0))
        call.launch_transfer_status = Int32(clamping: min(result, 0))
        return min(result, 0)
    }

    private func refuse(_ call: LaunchCall, _ errno: Int32, _ why: String) -> Int {
        board.refuse(errno, "VDMA_LAUNCH_TRANSFER on channel \(call.channel): \(why)")
    }

    /// What the driver looks at before it looks at the buffers.
    private func check(_ call: LaunchCall, maximumBuffers: UInt8) -> Int? {
        file.parts.removeAll(keepingCapacity: true)
        guard call.engine == 0, call.channel < UInt8(MAX_VDMA_CHANNELS_PER_ENGINE), call.buffers <= maximumBuffers
        else {
            return board.refuse(
                EINVAL,
                "VDMA_LAUNCH_TRANSFER of \(counted(call.buffers, "buffer")) on channel \(call.channel) of engine \(call.engine); there "
                    + "is engine 0 with 32 channels, and a transfer has up to \(maximumBuffers) buffers"
            )
        }
        guard file.lists[call.list] != nil else {
            return refuse(call, EFAULT, "this file has no list \(call.list.hexadecimal)")
        }
        return nil
    }

    /// Starts a transfer of the buffers that were found. Like the driver's, this checks less than it should: what spoils the
    /// channel's state is noted as a violation, and spoils it. Returns the number of descriptors.
    private func start(_ call: LaunchCall) -> Int {
        let number = Int(call.channel)
        guard let list = file.lists[call.list] else { return -Int(EFAULT) }
        if let other = board.channels[number].list, other !== list {
            return refuse(call, EINVAL, "the channel has another list, and keeps it until it is disabled")
        }
        board.channels[number].list = list
        guard board.channels[number].isOpen else {
            return refuse(call, ECONNRESET, "the firmware has not opened the channel, or has closed it")
        }
        guard board.channels[number].hardwareAvailable == board.channels[number].available else {
            return refuse(
                call, EFAULT,
                "driver and card disagree on its position; it was disabled or opened again while in use")
        }
        guard board.channels[number].available == Int(call.start & 0xffff) else {
            return refuse(
                call, EFAULT,
                "it begins at descriptor \(call.start), but the channel is at \(board.channels[number].available)")
        }
        guard list.pageSize > 0 else {
            board.violate("VDMA_LAUNCH_TRANSFER with a list with pages of 0 bytes; the kernel would crash")
            return -Int(EFAULT)
        }
        let (transfer, total) = place(list, call)
        guard board.channels[number].transfers.count < TransferChannel.maximumTransfers else {
            return refuse(
                call, EFAULT, "\(TransferChannel.maximumTransfers) transfers are in flight, which is the maximum")
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
    private func place(_ list: DescriptorList, _ call: LaunchCall) -> (TransferChannel.Transfer, Int) {
        // Only where something is wrong: this runs for every transfer.
        func violate(_ what: String) { board.violate("VDMA_LAUNCH_TRANSFER on channel \(call.channel) \(what)") }
        let first = call.start
        if file.parts.isEmpty { violate("without buffers; the channel loses its position") }
        var transfer = TransferChannel.Transfer(first: first)
        var start = first
        var total: Int32 = 0
        let descriptors = UInt32(list.count)
        for (index, part) in file.parts.enumerated() {
            let isLast = index == file.parts.count - 1
            let domain = isLast ? DescriptorList.Domain(call.lastDomain) : .none
            var count: Int32
            if call.binds {
                do throws(DescriptorList.BindFailure) {
                    count = Int32(
                        truncatingIfNeeded: try list.bind(
                            part.buffer, offset: part.offset, size: part.size, start: Int(start), domain: domain,
                            stride: 0))
                } catch {
                    count = -error.number(for: board.driver)
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
            list.mark(Int(first), DescriptorList.Domain(call.firstDomain))
        } else {
            violate("from descriptor \(first) of \(list.count); the kernel writes beyond the list")
        }
        if total >= Int32(clamping: list.count), call.binds {
            violate("of \(counted(total, "descriptor")) in a list of \(list.count); the card sees nothing new")
        }
        return (transfer, Int(total))
    }

    // MARK: Interrupts

    func waitForInterrupts(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_vdma_interrupts_wait_params.self)
        return waitForInterrupts(of: call.pointee.channels_bitmap_per_engine.0) { channels in
            call.pointee.channels_count = withUnsafeMutableBytes(of: &call.pointee.irq_data) { raw in
                let entries = raw.bindMemory(to: hailo_vdma_interrupts_channel_data.self)
                return collect(channels) { index, channel, isActive, finished in
                    entries[index] = hailo_vdma_interrupts_channel_data(
                        engine_index: 0, channel_index: channel,
                        data: isActive ? finished : UInt8(HAILO_VDMA_TRANSFER_DATA_CHANNEL_NOT_ACTIVE))
                }
            }
        }
    }

    func waitForOlderInterrupts(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_4_20_vdma_interrupts_wait_params.self)
        return waitForInterrupts(of: call.pointee.channels_bitmap_per_engine.0) { channels in
            call.pointee.channels_count = withUnsafeMutableBytes(of: &call.pointee.irq_data) { raw in
                let entries = raw.bindMemory(to: hailo_4_20_vdma_interrupts_channel_data.self)
                return collect(channels) { index, channel, isActive, finished in
                    entries[index] = hailo_4_20_vdma_interrupts_channel_data(
                        engine_index: 0, channel_index: channel, is_active: isActive ? 1 : 0,
                        transfers_completed: finished, host_error: 0, device_error: 0, validation_success: 1)
                }
            }
        }
    }

    /// Blocks until one of the channels has an interrupt, or is not enabled; then `answer` writes the news down.
    private func waitForInterrupts(of channels: UInt32, _ answer: (UInt32) -> Void) -> Int {
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
            answer(channels)
            return 0
        }
    }

    /// Hands the news of channels out, and returns of how many there are some.
    private func collect(
        _ channels: UInt32, _ note: (_ index: Int, _ channel: UInt8, _ isActive: Bool, _ finished: UInt8) -> Void
    ) -> UInt8 {
        let got = channels & board.enabledChannels & board.interrupted
        board.interrupted &= ~got
        var count = 0
        for channel in 0..<32 where got & (1 << UInt32(channel)) != 0 {
            guard let news = board.channels[channel].retire() else { continue }
            note(count, UInt8(channel), news.isActive, news.finished)
            count += 1
        }
        return UInt8(count)
    }
}
