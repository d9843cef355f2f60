internal import Base
public import CHailoSwift
internal import CPlatform

@_cdecl("hailoswift_abi_version") @implementation
public func hailoswift_abi_version() -> Int32 { HAILOSWIFT_ABI_VERSION }

@_cdecl("hailoswift_last_error") @implementation
public func hailoswift_last_error() -> UnsafePointer<CChar>! { platform_last_failure_text() }

@_cdecl("hailoswift_last_status") @implementation
public func hailoswift_last_status() -> Int32 { platform_last_failure_status() }

@_cdecl("hailoswift_set_log_callback") @implementation
public func hailoswift_set_log_callback(
    _ callback: hailoswift_log_callback?, _ userData: UnsafeMutableRawPointer?, _ level: Int32
) -> Int32 {
    call { () throws(HailoError) in
        guard let threshold = Log.Level(rawValue: level) else {
            throw HailoError(
                .invalidArgument, "log level \(level) is none; levels go from 0 (debug) to 3 (errors)")
        }
        guard let callback else { return Log.send(from: threshold, to: nil) }
        nonisolated(unsafe) let userData = userData
        Log.send(from: threshold) { level, message in
            message.withCString { callback(userData, level.rawValue, $0) }
        }
    }
}
