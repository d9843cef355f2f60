internal import HailoBase
internal import CHailoPlatform
internal import CHailoPreload
internal import HailoEmulator

/// The devices that programs meet under the preload library, as the variable HAILOSWIFT_EMULATOR has them.
private final class Machine: @unchecked Sendable {
    let options: EmulatorOptions

    static let shared = Machine()

    private init() {
        let text = Environment.value("HAILOSWIFT_EMULATOR") ?? ""
        do throws(HailoError) {
            options = try EmulatorOptions.settings(text)
        } catch {
            // There is nobody to hand the error to, and the program might find a real card in place of the emulated one.
            complain("HAILOSWIFT_EMULATOR: \(error.message)")
            exit(2)
        }
        EmulatedDriver.keepBoardsInChildren()
        let level = Environment.value("HAILOSWIFT_EMULATOR_LOG") ?? "warning"
        switch level {
        case "silent": break
        case "warning": Log.send(from: .warning) { _, message in complain(message) }
        case "refusals": Log.send(from: .info) { _, message in complain(message) }
        default:
            complain("HAILOSWIFT_EMULATOR_LOG takes silent, warning or refusals, not \"\(level)\"")
            exit(2)
        }
    }
}

private func complain(_ message: String) {
    let line = Array(("libhailo-emulator: " + message + "\n").utf8)
    _ = line.withUnsafeBytes { hailoplatform_write_all(2, $0.baseAddress, $0.count) }
}

@_cdecl("emulator_device_count")
public func deviceCount() -> Int32 { Int32(Machine.shared.options.devices) }

@_cdecl("emulator_device_open")
public func deviceOpen(_ index: Int32, _ failure: UnsafeMutablePointer<Int32>?) -> UnsafeMutableRawPointer? {
    let options = Machine.shared.options.numbered(Int(index))
    do throws(OpeningFailure) {
        return Unmanaged.passRetained(try EmulatedDriver.openFile(options)).toOpaque()
    } catch {
        failure?.pointee = Int32(truncatingIfNeeded: error.number)
        return nil
    }
}

@_cdecl("emulator_device_perform")
public func devicePerform(
    _ device: UnsafeMutableRawPointer?, _ request: UInt32, _ argument: UnsafeMutableRawPointer?
) -> Int {
    guard let device else { return -Int(EBADF) }
    return Unmanaged<EmulatedDriver>.fromOpaque(device).takeUnretainedValue().performOnce(request, argument)
}

@_cdecl("emulator_device_mapped_file")
public func deviceMappedFile(_ device: UnsafeMutableRawPointer?, _ handle: UInt64, _ length: Int) -> Int32 {
    guard let device else { return -EBADF }
    let driver = Unmanaged<EmulatedDriver>.fromOpaque(device).takeUnretainedValue()
    return Int32(truncatingIfNeeded: driver.mappedFile(handle: handle, length: length))
}

@_cdecl("emulator_device_close")
public func deviceClose(_ device: UnsafeMutableRawPointer?) {
    guard let device else { return }
    Unmanaged<EmulatedDriver>.fromOpaque(device).takeRetainedValue().close()
}
