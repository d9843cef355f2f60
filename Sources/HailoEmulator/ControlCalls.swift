internal import HailoBase
internal import CHailoKernel
internal import CHailoPlatform
internal import HailoFirmware

// The driver's way to the firmware.
extension EmulatedDriver {
    func control(_ argument: UnsafeMutableRawPointer?) -> Int {
        guard let argument else { return -Int(ENOMEM) }
        let call = argument.assumingMemoryBound(to: hailo_fw_control.self)
        let length = Int(call.pointee.buffer_len)
        let digestLength = Int(PCIE_EXPECTED_MD5_LENGTH)
        let message = argument + Int(HAILO_FW_CONTROL_BUFFER_OFFSET)
        let request = Array(UnsafeRawBufferPointer(start: message, count: min(length, Int(MAX_CONTROL_LENGTH))))
        let digest = Array(UnsafeRawBufferPointer(start: argument, count: digestLength))
        let opcode = ControlRequest.decode(request[...])?.opcode
        let name = opcode?.name ?? "a message that is not a control"

        let due = board.lock.withLock {
            let due = board.faults.use(name)
            for event in due.notifications { board.notify(event) }
            if due.effect == .removal { board.remove() }
            return due
        }
        var pause = due.delay
        if board.options.takesTimeOfCard {
            pause += opcode == .clearConfiguredApps ? CardTiming.clearing : CardTiming.control
        }
        if pause > 0 { hailoplatform_sleep_nanoseconds(pause) }
        var answer: [UInt8]?
        switch due.effect {
        case .failure(let number):
            return -number
        case .removal:
            return -Int(ENODEV)
        case .refusal(let status):
            answer = board.firmware.refusal(of: request, status: FirmwareStatus(rawValue: status))
        case .silence:
            break
        default:
            let processor: ControlOpcode.Processor =
                call.pointee.cpu_id == HAILO_CPU_ID_CPU1.rawValue ? .core : .application
            let isWhole = length <= Int(MAX_CONTROL_LENGTH) && MD5.digest(request) == digest
            let lacksMemory = board.lock.withLock {
                answer = isWhole ? ask(request, of: processor, name) : noteDamage(name, length)
                return board.takeLackOfMemory()
            }
            if lacksMemory { return -Int(ENOMEM) }
        }
        guard var answer else {
            // The firmware is silent about messages that arrive damaged, and the driver waits its time out.
            hailoplatform_sleep_nanoseconds(UInt64(call.pointee.timeout_ms) * 1_000_000)
            return -Int(ETIMEDOUT)
        }
        let answerDigest = MD5.digest(answer)
        if due.effect == .garbledAnswer { answer[answer.count - 1] ^= 0x20 }
        answerDigest.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: argument, count: digestLength).copyBytes(from: $0)
        }
        answer.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: message, count: Int(MAX_CONTROL_LENGTH)).copyBytes(from: $0)
        }
        call.pointee.buffer_len = UInt32(answer.count)
        return 0
    }

    /// The firmware's answer, or nil if it has none.
    private func ask(_ request: [UInt8], of processor: ControlOpcode.Processor, _ name: String) -> [UInt8]? {
        let board = board
        if EmulatedFirmware.concernsGroups(request) { board.claimFirmware() }
        let answer = board.firmware.answer(request, to: processor, lists: { board.list(at: $0) })
        board.runCore()
        guard let answer else {
            board.note(
                refusal:
                    "\(name): the firmware does not answer it; CLEAR_CONFIGURED_APPS and GET_HW_CONSTS must come first"
            )
            return nil
        }
        if let refusal = board.firmware.takeRefusal() {
            board.note(
                refusal: "\(name): \(refusal.status.text)" + (refusal.reason.map { ". " + $0 } ?? ""))
        }
        return answer
    }

    private func noteDamage(_ name: String, _ length: Int) -> [UInt8]? {
        if length > Int(MAX_CONTROL_LENGTH) {
            board.violate(
                "FW_CONTROL of \(length) bytes, more than \(MAX_CONTROL_LENGTH); the driver would write beyond the "
                    + "card's window"
            )
        } else {
            board.note(
                refusal:
                    "FW_CONTROL, \(name): the MD5 is not that of the \(length) bytes, so the firmware drops it")
        }
        return nil
    }
}
