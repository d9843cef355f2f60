package import HailoBase
internal import CHailoKernel
internal import CHailoPlatform
package import HailoDriver
internal import HailoFirmware
package import HailoKernelABI

/// The kernel driver's interface in front of an emulated card. It refuses what the driver refuses, with the same errno, and
/// notes why.
package final class EmulatedDriver: Driver, @unchecked Sendable {
    package let name: String
    let board: EmulatedBoard
    let file: OpenFile

    private init(board: EmulatedBoard, file: OpenFile) {
        name = board.options.id
        self.board = board
        self.file = file
    }

    package static func open(_ options: EmulatorOptions) throws(HailoError) -> EmulatedDriver {
        let refusal = Int(hailoplatform_check_copying())
        guard refusal == 0 else {
            throw HailoError(
                .driverFailure,
                "\(options.id): the emulated card cannot reach this process's memory (\(DriverFailure.name(of: refusal))); the "
                    + "system forbids process_vm_readv() and /proc/self/mem, as strict containers do. Allow one of them"
            )
        }
        do throws(OpeningFailure) {
            return try openFile(options)
        } catch {
            throw DriverFailure.opening(options.id, failed: error.number)
        }
    }

    /// Opens a device and gives the errno of what does not work.
    package static func openFile(_ options: EmulatorOptions) throws(OpeningFailure) -> EmulatedDriver {
        let refusal = Int(hailoplatform_check_copying())
        guard refusal == 0 else { throw OpeningFailure(number: refusal) }
        let opened = try BoardSlots.shared.open(options)
        return EmulatedDriver(board: opened.board, file: opened.file)
    }

    /// Lets children of fork() go on with copies of the boards, as programs that have the device file open expect.
    package static func keepBoardsInChildren() { BoardSlots.shared.keepBoardsInChildren() }

    /// What exists on the board at the moment, over all open files.
    package struct Books: Equatable, Sendable {
        package var buffers = 0
        package var lists = 0
        package var allocations = 0
        package var channels: UInt32 = 0
        package var applications = 0
        package var isRunning = false

        package init() {}

        init(buffers: Int, lists: Int, allocations: Int, channels: UInt32, applications: Int, isRunning: Bool) {
            self.buffers = buffers
            self.lists = lists
            self.allocations = allocations
            self.channels = channels
            self.applications = applications
            self.isRunning = isRunning
        }
    }

    package var books: Books { board.lock.withLock { board.books } }

    /// How the emulated driver is spoken to.
    package var interface: DriverInterface { board.driver }

    /// What the board noticed about those who use it.
    package var findings: [Finding] { board.lock.withLock { board.findings.entries } }

    /// What a real driver or card would not have survived.
    package var violations: [String] { findings.filter { $0.kind == .violation }.map { $0.text } }

    /// Lets somebody see the configuration data that reaches the chip from now on.
    package func observeConfiguration(_ observer: @escaping (ReceivedConfiguration) -> Void) {
        board.lock.withLock { board.firmware.contextSwitch.observer = observer }
    }

    package func close() {
        BoardSlots.shared.close(file, of: board)
    }

    package func openReservation() throws(HailoError) -> any Driver { try EmulatedDriver.open(board.options) }
    package var sharedPath: String { board.sharedPath }
    package func setWaiting(_ isWaiting: Bool) { board.lock.withLock { board.setWaiting(isWaiting, file) } }
    package var isAwaited: Bool { board.lock.withLock { board.isAwaited(file) } }

    /// The file behind memory that the driver allocated, for a program that maps it; -errno where the driver refuses.
    package func mappedFile(handle: UInt64, length: Int) -> Int {
        board.lock.withLock {
            guard !board.isRemoved else { return -Int(ENODEV) }
            guard let memory = file.allocations[handle] else {
                return board.refuse(EINVAL, "mmap of \(handle.hexadecimal), which is not memory of the driver")
            }
            guard let file = memory.file(forLength: length) else {
                return board.refuse(
                    EINVAL,
                    "mmap of \(counted(length, "byte")) of \(memory.size); low memory is mapped as a whole, continuous memory up to "
                        + "its end")
            }
            return Int(file)
        }
    }

    /// As for a card, a call that a signal has ended is made again.
    package func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        while true {
            let result = performOnce(request, argument)
            if result != -Int(EINTR) { return result }
        }
    }

    /// The same for programs that want to be told of signals.
    package func performOnce(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        if let failure = applyFaults(to: request) { return failure }
        let isRemoved = board.lock.withLock {
            board.noticeOthers()
            return board.isRemoved
        }
        guard !isRemoved else { return -Int(ENODEV) }
        switch request {
        case HAILO_QUERY_DRIVER_INFO:
            let version = board.options.driverVersion
            return fill(
                argument,
                hailo_driver_info(
                    major_version: version.major, minor_version: version.minor, revision_version: version.revision))
        case HAILO_QUERY_DEVICE_PROPERTIES:
            return fill(
                argument,
                hailo_device_properties(
                    desc_max_page_size: board.options.descriptorPageSize, board_type: HAILO_BOARD_TYPE_HAILO8.rawValue,
                    allocation_mode: HAILO_ALLOCATION_MODE_USERSPACE.rawValue,
                    dma_type: HAILO_DMA_TYPE_PCIE.rawValue, dma_engines_count: 1, is_fw_loaded: true))
        case HAILO_MARK_AS_IN_USE:
            return markAsInUse(argument)
        case HAILO_FW_CONTROL:
            return control(argument)
        case HAILO_READ_LOG:
            return readLog(argument)
        case HAILO_VDMA_INTERRUPTS_WAIT where board.driver.generation == .second:
            return waitForInterrupts(argument)
        case HAILO_4_20_VDMA_INTERRUPTS_WAIT where board.driver.generation == .first:
            return waitForOlderInterrupts(argument)
        case HAILO_READ_NOTIFICATION:
            return readNotification(argument)
        case HAILO_DISABLE_NOTIFICATION:
            return disableNotifications()
        default:
            return board.lock.withLock { performDMA(request, argument) }
        }
    }

    /// Lets happen what a script wants to happen to this request. Returns the driver's answer if that is all.
    private func applyFaults(to request: UInt32) -> Int? {
        guard !board.options.faults.isEmpty, let place = RequestNames.name(of: request) else { return nil }
        let due = board.lock.withLock {
            let due = board.faults.use(place)
            for event in due.notifications { board.notify(event) }
            if due.effect == .removal { board.remove() }
            return due
        }
        if due.delay > 0 { hailoplatform_sleep_nanoseconds(due.delay) }
        if case .failure(let number) = due.effect { return -number }
        return nil
    }

    /// The requests for buffers, descriptor lists and channels.
    private func performDMA(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        switch request {
        case HAILO_VDMA_BUFFER_MAP:
            return withCall(argument, as: hailo_vdma_buffer_map_params.self) { map(&$0) }
        case HAILO_VDMA_BUFFER_UNMAP:
            return withCall(argument, as: hailo_vdma_buffer_unmap_params.self) { unmap($0) }
        case HAILO_VDMA_BUFFER_SYNC:
            return withCall(argument, as: hailo_vdma_buffer_sync_params.self) { synchronize($0) }
        case HAILO_DESC_LIST_CREATE:
            return withCall(argument, as: hailo_desc_list_create_params.self) { createList(&$0) }
        case HAILO_DESC_LIST_RELEASE:
            return withCall(argument, as: hailo_desc_list_release_params.self) { releaseList($0) }
        case HAILO_DESC_LIST_PROGRAM where board.driver.generation == .second:
            return withCall(argument, as: hailo_desc_list_program_params.self) { program($0) }
        case HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC:
            return withCall(argument, as: hailo_allocate_low_memory_buffer_params.self) { allocateLowMemory(&$0) }
        case HAILO_VDMA_LOW_MEMORY_BUFFER_FREE:
            return withCall(argument, as: hailo_free_low_memory_buffer_params.self) {
                free(.lowMemory, $0.buffer_handle)
            }
        case HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC:
            return withCall(argument, as: hailo_allocate_continuous_buffer_params.self) { allocateContinuous(&$0) }
        case HAILO_VDMA_CONTINUOUS_BUFFER_FREE:
            return withCall(argument, as: hailo_free_continuous_buffer_params.self) {
                free(.continuous, $0.buffer_handle)
            }
        case HAILO_4_20_DESC_LIST_PROGRAM where board.driver.generation == .first:
            return withCall(argument, as: hailo_4_20_desc_list_program_params.self) { program($0) }
        case HAILO_VDMA_LAUNCH_TRANSFER where board.driver.generation == .second:
            return withCall(argument, as: hailo_vdma_launch_transfer_params.self) { launch(&$0) }
        case HAILO_4_20_VDMA_LAUNCH_TRANSFER where board.driver.generation == .first:
            return withCall(argument, as: hailo_4_20_vdma_launch_transfer_params.self) { launch(&$0) }
        case HAILO_VDMA_ENABLE_CHANNELS where argument != nil:
            return withCall(argument, as: hailo_vdma_enable_channels_params.self) { enableChannels($0) }
        case HAILO_VDMA_DISABLE_CHANNELS where argument != nil:
            return withCall(argument, as: hailo_vdma_disable_channels_params.self) { disableChannels($0) }
        case HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS where argument != nil:
            return withCall(argument, as: hailo_vdma_interrupts_read_timestamp_params.self) { readTimestamps(&$0) }
        case HAILO_VDMA_ENABLE_CHANNELS, HAILO_VDMA_DISABLE_CHANNELS, HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS:
            return -Int(ENOMEM)
        default:
            let what = RequestNames.name(of: request) ?? request.hexadecimal
            // The driver has a branch for each group; that of whole-system accelerators refuses this one by its kind.
            return board.refuse(
                hailo_request_group(request) == UInt8(HAILO_SOC_IOCTL_MAGIC) ? EINVAL : ENOTTY,
                "request \(what): the driver of this card has no such request, or not with a structure of this size")
        }
    }

    /// Copies an answer to the caller. The driver reports an address that it cannot write to as ENOMEM here.
    func fill<Answer>(_ argument: UnsafeMutableRawPointer?, _ answer: Answer) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        withUnsafeBytes(of: answer) {
            argument.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(argument), byteCount: $0.count)
        }
        return 0
    }

    private func markAsInUse(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(EFAULT) }
        let isTaken = board.lock.withLock { !board.reserve(file) }
        return fill(argument, hailo_mark_as_in_use_params(in_use: isTaken))
    }

    private func readLog(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_read_log_params.self)
        guard call.pointee.cpu_id <= HAILO_CPU_ID_CPU1.rawValue,
            call.pointee.buffer_size <= UInt64(MAX_FW_LOG_BUFFER_LENGTH)
        else {
            return board.lock.withLock {
                board.refuse(
                    EINVAL,
                    "READ_LOG of \(call.pointee.buffer_size) bytes of processor \(call.pointee.cpu_id); there are processors 0 "
                        + "and 1, and \(MAX_FW_LOG_BUFFER_LENGTH) bytes at a time")
            }
        }
        call.pointee.read_bytes = 0
        return 0
    }
}
