internal import HailoBase
internal import HailoCInterface
public import CHailoSwift
internal import CHailoPlatform

@_cdecl("hailoswift_abi_version") @implementation
public func hailoswift_abi_version() -> Int32 { HAILOSWIFT_ABI_VERSION }

@_cdecl("hailoswift_last_error") @implementation
public func hailoswift_last_error() -> UnsafePointer<CChar>! { hailoplatform_last_failure_text() }

@_cdecl("hailoswift_last_status") @implementation
public func hailoswift_last_status() -> Int32 { hailoplatform_last_failure().status }

@_cdecl("hailoswift_last_error_info") @implementation
public func hailoswift_last_error_info(_ info: UnsafeMutablePointer<hailoswift_error_info>!) -> Int32 {
    call { () throws(HailoError) in
        let target = try required(info, "info")
        let failure = hailoplatform_last_failure()
        let value = hailoswift_error_info(
            struct_size: 0, status: failure.status, system_error: failure.system_error,
            firmware_status: failure.firmware_status, reserved: 0)
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_error_info>.size, "info")
    }
}

@_cdecl("hailoswift_set_log_callback") @implementation
public func hailoswift_set_log_callback(
    _ callback: hailoswift_log_callback?, _ userData: UnsafeMutableRawPointer?, _ level: Int32
) -> Int32 {
    call { () throws(HailoError) in
        guard let threshold = Log.Level(rawValue: level) else {
            throw HailoError(
                .invalidArgument, "there is no log level \(level); levels are 0 (debug) to 3 (errors)")
        }
        guard let callback else { return Log.send(from: threshold, to: nil) }
        nonisolated(unsafe) let userData = userData
        Log.send(from: threshold) { level, message in
            message.withCString { callback(userData, level.rawValue, $0) }
        }
    }
}
