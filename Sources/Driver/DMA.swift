package import Base
internal import CHailoKernel

/// The buffers, descriptor lists and channels of one open device.
///
/// The driver trusts its callers in many places; a wrong call can stop the machine. So this is the only way to those
/// requests, and it refuses with an error what the driver would not survive. docs/driver-faults.md lists what that is.
package final class DMA: @unchecked Sendable {
    private let driver: any Driver
    private let lock = Lock()
    private var ledger = DMALedger()

    package init(_ driver: any Driver) {
        self.driver = driver
    }

    /// How many transfers of a channel may be in flight: the driver keeps 128, and one place stays free.
    package static let mostTransfers = 127

    /// Which way data goes, in the driver's numbers.
    package enum Direction: UInt32, Sendable {
        case both = 0
        case toDevice = 1
        case fromDevice = 2
    }

    /// What exists at the moment.
    package struct Books: Equatable, Sendable {
        package var buffers = 0
        package var lists = 0
        package var channels: UInt32 = 0

        package init(buffers: Int = 0, lists: Int = 0, channels: UInt32 = 0) {
            self.buffers = buffers
            self.lists = lists
            self.channels = channels
        }
    }

    package var books: Books { lock.withLock { ledger.books } }

    // MARK: Buffers

    package struct Buffer: Equatable, Sendable {
        let handle: UInt64
    }

    /// Makes memory known to the device. It is kept until it is unmapped, or the device is closed.
    package func map(_ memory: DMAMemory, _ direction: Direction) throws(HailoError) -> Buffer {
        try lock.withLock { () throws(HailoError) in
            var call = hailo_vdma_buffer_map_params(
                user_address: memory.address, size: UInt64(memory.bytes.count), data_direction: direction.rawValue,
                buffer_type: memory.type,
                allocated_buffer_handle: INVALID_DRIVER_HANDLE_VALUE, mapped_handle: 0)
            try perform(&call, HAILO_VDMA_BUFFER_MAP, "mapping a buffer of \(counted(memory.bytes.count, "byte"))")
            ledger.add(buffer: call.mapped_handle, memory)
            return Buffer(handle: call.mapped_handle)
        }
    }

    /// Ends the device's use of a buffer. Refused while a transfer or the firmware may use it.
    package func unmap(_ buffer: Buffer) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try ledger.checkUnmap(buffer.handle)
            var call = hailo_vdma_buffer_unmap_params(mapped_handle: buffer.handle)
            try perform(&call, HAILO_VDMA_BUFFER_UNMAP, "unmapping a buffer")
            ledger.remove(buffer: buffer.handle)
        }
    }

    /// Hands a part of a buffer over, to the device or back to the program.
    package func synchronize(
        _ buffer: Buffer, forDevice: Bool, offset: Int, count: Int
    ) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try ledger.checkRange(of: buffer.handle, offset: offset, count: count)
            let direction = forDevice ? HAILO_SYNC_FOR_DEVICE : HAILO_SYNC_FOR_CPU
            var call = hailo_vdma_buffer_sync_params(
                handle: buffer.handle, sync_type: direction.rawValue, offset: UInt64(offset), count: UInt64(count))
            try perform(&call, HAILO_VDMA_BUFFER_SYNC, "handing a buffer over")
        }
    }

    // MARK: Descriptor lists

    package struct List: Equatable, Sendable {
        let handle: UInt64
        /// Where the chip finds the list.
        package let address: UInt64
    }

    package func createList(count: UInt32, pageSize: UInt16, isCircular: Bool) throws(HailoError) -> List {
        try lock.withLock { () throws(HailoError) in
            try DMALedger.checkList(count: count, pageSize: pageSize, isCircular: isCircular)
            var call = hailo_desc_list_create_params(
                desc_count: UInt64(count), desc_page_size: pageSize, is_circular: isCircular, desc_handle: 0,
                dma_address: 0)
            try perform(&call, HAILO_DESC_LIST_CREATE, "creating a list of \(count) descriptors")
            ledger.add(list: call.desc_handle, count: count, pageSize: pageSize, isCircular: isCircular)
            return List(handle: call.desc_handle, address: call.dma_address)
        }
    }

    /// Destroys a list. Refused while a transfer or the firmware may use it.
    package func release(_ list: List) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            try ledger.checkRelease(list.handle)
            var call = hailo_desc_list_release_params(desc_handle: list.handle)
            try perform(&call, HAILO_DESC_LIST_RELEASE, "releasing a descriptor list")
            ledger.remove(list: list.handle)
        }
    }

    package struct Program: Sendable {
        package var size: Int
        package var offset: Int
        package var batch: UInt32
        package var channel: UInt8
        package var firstDescriptor: UInt32
        package var binds: Bool
        package var interruptsDevice: Bool
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

    /// Points a list's descriptors at a buffer, or marks where a transfer through it ends.
    package func program(_ list: List, with buffer: Buffer, _ program: Program) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            let descriptors = try ledger.checkProgram(list.handle, buffer.handle, program)
            let domain =
                program.interruptsDevice
                ? HAILO_VDMA_INTERRUPTS_DOMAIN_DEVICE : HAILO_VDMA_INTERRUPTS_DOMAIN_NONE
            var call = hailo_desc_list_program_params(
                buffer_handle: buffer.handle, buffer_size: UInt64(program.size), buffer_offset: UInt64(program.offset),
                batch_size: program.batch, desc_handle: list.handle, channel_index: program.channel,
                starting_desc: program.firstDescriptor, should_bind: program.binds,
                last_interrupts_domain: domain.rawValue, is_debug: false, stride: program.stride)
            ledger.willProgram(list.handle, buffer.handle)
            let answer = try perform(&call, HAILO_DESC_LIST_PROGRAM, "programming a descriptor list")
            guard answer == descriptors else {
                throw HailoError(
                    .driverFailure,
                    "\(driver.name): the driver programmed \(counted(answer, "descriptor")) instead of \(descriptors)")
            }
            ledger.didProgram(list.handle, buffer.handle, program, descriptors)
        }
    }

    /// Says that the firmware may use lists, and the buffers that they point to, from now on.
    package func beginUse(of lists: [List]) {
        lock.withLock { for list in lists { ledger.beginUse(of: list.handle) } }
    }

    package func endUse(of lists: [List]) {
        lock.withLock { for list in lists { ledger.endUse(of: list.handle) } }
    }

    // MARK: Channels

    /// Prepares channels for their first use. A transfer that another program started on a channel without enabling it
    /// leaves a descriptor list behind there that makes ours fail; disabling the channel removes it. The channels are
    /// enabled first: the driver then refuses channels that another program uses, where it would stop them without a word,
    /// and has nothing to complain about in the kernel's log. Once for each channel is enough, as long as nobody else may
    /// use the device.
    package func heal(channels: UInt32) throws(HailoError) {
        let (unhealed, enabled) = lock.withLock { (channels & ~ledger.healed, channels & ledger.books.channels) }
        // Those that could not be disabled when they should have been.
        if enabled != 0 { try disable(channels: enabled) }
        guard unhealed & ~enabled != 0 else { return }
        try enable(channels: unhealed & ~enabled)
        do throws(HailoError) {
            try disable(channels: unhealed & ~enabled)
        } catch {
            // A signal may have come in between; enabled channels are in the way of everybody.
            try disable(channels: unhealed & ~enabled)
        }
    }

    package func enable(channels: UInt32, timestamps: Bool = false) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            var call = hailo_vdma_enable_channels_params(
                channels_bitmap_per_engine: (channels, 0, 0), enable_timestamps_measure: timestamps)
            let what = "enabling channels \(channels.hexadecimal)"
            do throws(HailoError) {
                try perform(&call, HAILO_VDMA_ENABLE_CHANNELS, what)
            } catch {
                // Of channels that exist, the driver refuses only those that are enabled.
                guard error.status == .driverFailure else { throw error }
                throw HailoError(
                    .busy,
                    "\(driver.name): \(what) was refused: another program is running frames through them. Stop it first"
                )
            }
            ledger.didEnable(channels)
        }
    }

    /// Stops channels. Transfers in flight are forgotten.
    package func disable(channels: UInt32) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            var call = hailo_vdma_disable_channels_params(channels_bitmap_per_engine: (channels, 0, 0))
            try perform(&call, HAILO_VDMA_DISABLE_CHANNELS, "disabling channels \(channels.hexadecimal)")
            ledger.didDisable(channels)
        }
    }

    // MARK: Transfers

    /// Starts a transfer from the channel's position on: through the ring of memory that its list is bound to or, at
    /// `offset`, with any other buffer. The host hears of its end.
    package func launch(
        channel: UInt8, _ list: List, of buffer: Buffer, at offset: Int? = nil, size: Int
    ) throws(HailoError) {
        try lock.withLock { () throws(HailoError) in
            let launch = try ledger.checkLaunch(channel, list.handle, buffer.handle, at: offset, size)
            var call = hailo_vdma_launch_transfer_params()
            call.channel_index = channel
            call.desc_handle = list.handle
            call.starting_desc = UInt32(launch.start)
            call.should_bind = launch.binds
            call.buffers_count = launch.second == nil ? 1 : 2
            call.buffers.0 = DMA.exported(launch.first)
            if let second = launch.second { call.buffers.1 = DMA.exported(second) }
            call.first_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_NONE.rawValue
            call.last_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_HOST.rawValue
            let answer = try perform(
                &call, HAILO_VDMA_LAUNCH_TRANSFER, "starting a transfer of \(counted(size, "byte"))")
            ledger.didLaunch(channel, list.handle, buffer.handle, launch)
            guard answer == launch.descriptors else {
                ledger.didBreak(channel)
                throw HailoError(
                    .driverFailure,
                    "\(driver.name): the driver started \(counted(answer, "descriptor")) instead of \(launch.descriptors)"
                )
            }
        }
    }

    private static func exported(_ piece: DMALedger.Piece) -> hailo_vdma_transfer_buffer {
        hailo_vdma_transfer_buffer(buffer_type: piece.type, addr_or_fd: piece.address, size: UInt32(piece.size))
    }

    /// What is known of a channel's transfers.
    package enum Progress: Equatable, Sendable {
        case finished(Int)
        /// The firmware has closed the channel.
        case closed
        case failed
    }

    /// Waits until one of the channels has news, or is disabled: then there may be none.
    package func waitForInterrupts(
        channels: UInt32, _ body: (_ channel: UInt8, _ progress: Progress) -> Void
    ) throws(HailoError) {
        var call = hailo_vdma_interrupts_wait_params()
        call.channels_bitmap_per_engine.0 = channels
        // The lock is not held: this blocks, and others go on starting transfers.
        try perform(&call, HAILO_VDMA_INTERRUPTS_WAIT, "waiting for transfers")
        let count = min(Int(call.channels_count), Int(MAX_VDMA_CHANNELS_PER_ENGINE))
        withUnsafeBytes(of: &call.irq_data) { raw in
            for entry in raw.bindMemory(to: hailo_vdma_interrupts_channel_data.self).prefix(count) {
                let progress: Progress
                switch Int(entry.data) {
                case Int(HAILO_VDMA_TRANSFER_DATA_CHANNEL_NOT_ACTIVE): progress = .closed
                case Int(HAILO_VDMA_TRANSFER_DATA_CHANNEL_WITH_ERROR): progress = .failed
                default: progress = .finished(Int(entry.data))
                }
                if case .finished(let transfers) = progress {
                    lock.withLock { ledger.didFinish(entry.channel_index, transfers) }
                    body(entry.channel_index, progress)
                } else {
                    // First who hears why, so that nobody is told less by a refused transfer before.
                    body(entry.channel_index, progress)
                    lock.withLock { ledger.didBreak(entry.channel_index) }
                }
            }
        }
    }

    @discardableResult
    private func perform<Call>(
        _ call: inout Call, _ request: UInt32, _ what: @autoclosure () -> String
    ) throws(HailoError) -> Int {
        let result = withUnsafeMutableBytes(of: &call) { driver.perform(request, $0.baseAddress) }
        guard result >= 0 else {
            let name = RequestNames.name(of: request) ?? ""
            throw DriverFailure.error(-result, during: "\(what()) (\(name))", on: driver.name)
        }
        return result
    }
}
