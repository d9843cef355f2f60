internal import HailoBase
internal import HailoFirmware
internal import HailoKernelABI

/// The questions and answers of driver calls as JSON members.
enum CallDescription {
    static func name(of request: UInt32) -> String {
        RequestNames.name(of: request) ?? "UNKNOWN_" + request.hexadecimal
    }

    /// What the caller passed in, before the call.
    static func input(of request: UInt32, _ argument: UnsafeMutableRawPointer?, into json: inout JSONWriter) {
        guard let argument else { return }
        if request == FirmwareControl.number {
            control(FirmwareControl.Content(argument: argument), into: &json)
        } else {
            StructureDescription.input(of: request, argument, into: &json)
        }
    }

    /// What the driver answered.
    static func output(
        of request: UInt32, _ argument: UnsafeMutableRawPointer?, result: Int, into json: inout JSONWriter
    ) {
        guard let argument, result >= 0 else { return }
        if request == FirmwareControl.number {
            response(FirmwareControl.Content(argument: argument), into: &json)
        } else {
            StructureDescription.output(of: request, argument, result: result, into: &json)
        }
    }

    private static func control(_ content: FirmwareControl.Content, into json: inout JSONWriter) {
        let decoded = ControlRequest.decode(content.message[...])
        let opcode = decoded?.opcode
        json.string("opcode", opcode.map { $0.isKnown ? $0.name : "?" } ?? "?")
        json.number("opcode_number", opcode?.rawValue ?? 0)
        json.number("sequence", decoded?.sequence ?? 0)
        json.number("version", decoded?.version ?? 0)
        json.number("cpu_id", content.processor)
        json.number("timeout_ms", content.timeoutMilliseconds)
        json.string("md5", content.digest.hexadecimal)
        json.boolean("md5_ok", MD5.digest(content.message) == content.digest)
        json.number("len", content.message.count)
        json.array("params") { list in
            for parameter in decoded?.parameters ?? [] { list.string(nil, parameter.hexadecimal) }
        }
        json.string("request", content.message.hexadecimal)
    }

    private static func response(_ content: FirmwareControl.Content, into json: inout JSONWriter) {
        let status = ControlResponse.status(of: content.message)
        json.number("major_status", status?.major.rawValue ?? 0)
        json.number("minor_status", status?.minor.rawValue ?? 0)
        json.number("len", content.message.count)
        json.string("response", content.message.hexadecimal)
    }
}
