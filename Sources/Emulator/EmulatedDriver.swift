package import Base
internal import CHailoKernel
internal import CPlatform
internal import Driver
internal import Firmware

/// The kernel driver's interface in front of an emulated card. It refuses what the driver refuses, with the same errno.
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
        let opened = try EmulatedBoard.open(options)
        return EmulatedDriver(board: opened.board, file: opened.file)
    }

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

    /// What a real driver or card would not have survived.
    package var violations: [String] { board.lock.withLock { board.violations } }

    /// The configuration data that reached the chip since the board was opened, in the order of its arrival.
    package var receivedConfiguration: [ReceivedConfiguration] {
        board.lock.withLock { board.firmware.contextSwitch.received }
    }

    package func close() {
        board.close(file)
    }

    package func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        if !board.options.faults.isEmpty, let place = RequestNames.name(of: request) {
            let effect = board.lock.withLock { board.faults.use(place) }
            switch effect {
            case .failure(let number): return -number
            case .removal: remove()
            default: break
            }
        }
        guard !board.lock.withLock({ board.isRemoved }) else { return -Int(ENODEV) }
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
        case HAILO_VDMA_INTERRUPTS_WAIT:
            return waitForInterrupts(argument)
        case HAILO_READ_NOTIFICATION:
            return readNotification(argument)
        case HAILO_DISABLE_NOTIFICATION:
            return disableNotifications()
        default:
            return board.lock.withLock { performDMA(request, argument) }
        }
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
        case HAILO_DESC_LIST_PROGRAM:
            return withCall(argument, as: hailo_desc_list_program_params.self) { program($0) }
        case HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC:
            return withCall(argument, as: hailo_allocate_low_memory_buffer_params.self) { allocateLowMemory(&$0) }
        case HAILO_VDMA_LOW_MEMORY_BUFFER_FREE:
            return withCall(argument, as: hailo_free_low_memory_buffer_params.self) { call in
                file.free(.lowMemory, call.buffer_handle) ? 0 : -Int(EINVAL)
            }
        case HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC:
            return withCall(argument, as: hailo_allocate_continuous_buffer_params.self) { allocateContinuous(&$0) }
        case HAILO_VDMA_CONTINUOUS_BUFFER_FREE:
            return withCall(argument, as: hailo_free_continuous_buffer_params.self) { call in
                file.free(.continuous, call.buffer_handle) ? 0 : -Int(EINVAL)
            }
        case HAILO_VDMA_LAUNCH_TRANSFER:
            return withCall(argument, as: hailo_vdma_launch_transfer_params.self) { launch(&$0) }
        case HAILO_VDMA_ENABLE_CHANNELS where argument != nil:
            return withCall(argument, as: hailo_vdma_enable_channels_params.self) { enableChannels($0) }
        case HAILO_VDMA_DISABLE_CHANNELS where argument != nil:
            return withCall(argument, as: hailo_vdma_disable_channels_params.self) { disableChannels($0) }
        case HAILO_VDMA_ENABLE_CHANNELS, HAILO_VDMA_DISABLE_CHANNELS:
            return -Int(ENOMEM)
        default:
            // The driver has a branch for each group; that of whole-system accelerators refuses this one by its kind.
            return hailo_request_group(request) == UInt8(HAILO_SOC_IOCTL_MAGIC) ? -Int(EINVAL) : -Int(ENOTTY)
        }
    }

    /// Takes the card out of the machine.
    private func remove() {
        board.lock.withLock { board.isRemoved = true }
        board.wakeWaiters()
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
        let isTaken = board.lock.withLock {
            if board.reservedBy == nil { board.reservedBy = file.number }
            return board.reservedBy != file.number
        }
        return fill(argument, hailo_mark_as_in_use_params(in_use: isTaken))
    }

    private func readLog(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_read_log_params.self)
        guard call.pointee.cpu_id <= HAILO_CPU_ID_CPU1.rawValue,
            call.pointee.buffer_size <= UInt64(MAX_FW_LOG_BUFFER_LENGTH)
        else { return -Int(EINVAL) }
        call.pointee.read_bytes = 0
        return 0
    }

    private func control(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_fw_control.self)
        let length = Int(call.pointee.buffer_len)
        let digestLength = Int(PCIE_EXPECTED_MD5_LENGTH)
        let message = argument + Int(HAILO_FW_CONTROL_BUFFER_OFFSET)
        let request = Array(UnsafeRawBufferPointer(start: message, count: min(length, Int(MAX_CONTROL_LENGTH))))
        let digest = Array(UnsafeRawBufferPointer(start: argument, count: digestLength))

        let place = ControlRequest.decode(request[...])?.opcode.name ?? ""
        let effect = board.lock.withLock { board.faults.use(place) }
        var answer: [UInt8]?
        switch effect {
        case .failure(let number):
            return -number
        case .removal:
            remove()
            return -Int(ENODEV)
        case .refusal(let status):
            answer = board.firmware.refusal(of: request, status: FirmwareStatus(rawValue: status))
        default:
            // The firmware is silent about messages that arrive damaged, and the driver waits its time out.
            if length > Int(MAX_CONTROL_LENGTH) {
                board.lock.withLock {
                    board.violate("FW_CONTROL of \(length) bytes; the driver would write beyond the card's window")
                }
            } else if MD5.digest(request) == digest {
                let processor: ControlOpcode.Processor =
                    call.pointee.cpu_id == HAILO_CPU_ID_CPU1.rawValue ? .core : .application
                answer = board.lock.withLock {
                    let answer = board.firmware.answer(request, to: processor, lists: { self.board.list(at: $0) })
                    board.runCore()
                    return answer
                }
            }
        }
        guard var answer else {
            platform_sleep_nanoseconds(UInt64(call.pointee.timeout_ms) * 1_000_000)
            return -Int(ETIMEDOUT)
        }
        let answerDigest = MD5.digest(answer)
        if effect == .garbledAnswer { answer[answer.count - 1] ^= 0x20 }
        answerDigest.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: argument, count: digestLength).copyBytes(from: $0)
        }
        answer.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: message, count: Int(MAX_CONTROL_LENGTH)).copyBytes(from: $0)
        }
        call.pointee.buffer_len = UInt32(answer.count)
        return 0
    }
}
