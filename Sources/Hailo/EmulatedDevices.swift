public import HailoBase
internal import HailoEmulator

/// The settings of emulated devices whose ids leave them open.
public enum EmulatedDevices {
    private static let lock = Lock()
    nonisolated(unsafe) private static var configured: EmulatorOptions?

    /// Sets them for all devices that are opened afterwards: "hailo8l,fps=30". Empty text takes them from the environment
    /// variable HAILOSWIFT_EMULATOR again.
    public static func configure(_ settings: String) throws(HailoError) {
        let options = settings.isEmpty ? nil : try EmulatorOptions.settings(settings)
        lock.withLock { configured = options }
    }

    static func standard() throws(HailoError) -> EmulatorOptions {
        if let options = lock.withLock({ configured }) { return options }
        guard let settings = Environment.value("HAILOSWIFT_EMULATOR") else { return EmulatorOptions() }
        do throws(HailoError) {
            return try EmulatorOptions.settings(settings)
        } catch {
            throw error.saying("HAILOSWIFT_EMULATOR: \(error.message)")
        }
    }

    /// The ids of all of them.
    static func ids() throws(HailoError) -> [String] {
        let count = try standard().devices
        var ids = count > 0 ? ["emulator:hailo8", "emulator:hailo8l"] : []
        for number in 1..<max(count, 1) { ids.append("emulator,board=\(number)") }
        return ids
    }
}
