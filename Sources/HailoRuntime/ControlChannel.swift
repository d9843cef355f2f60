internal import HailoBase
internal import HailoDriver
internal import HailoFirmware

/// Sends messages to the firmware and checks its answers.
struct ControlChannel {
    let calls: DriverCalls
    let timeoutMilliseconds: UInt32

    func send(_ request: ControlRequest) throws(HailoError) -> ControlResponse {
        let message = request.bytes
        let opcode = request.opcode
        let answer = try calls.control(
            message, digest: MD5.digest(message), processor: opcode.processor.rawValue, timeout: timeoutMilliseconds,
            describing: opcode.name)
        guard MD5.digest(answer.bytes) == answer.digest else {
            throw HailoError(
                .firmwareResponse,
                "\(calls.driver.name): the answer to \(opcode.name) arrived damaged (its MD5 does not match). If this goes on, check "
                    + "the seating of the card and its power supply")
        }
        do throws(HailoError) {
            return try ControlResponse(answer.bytes, to: opcode)
        } catch {
            throw error.saying(calls.driver.name + ": " + error.message)
        }
    }
}
