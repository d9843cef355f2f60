public import Base
internal import CoreProgram
internal import Emulator
internal import HEF
internal import Planner

/// Where the frames come from that a device gives out.
public enum DataOrigin: Int32, Sendable {
    /// A real chip.
    case chip = 0
    /// The emulated core computes them, since the model carries a program for it.
    case computed = 1
    /// They are made up, since nobody but the chip can run the model.
    case synthetic = 2

    public var name: String {
        switch self {
        case .chip: "chip"
        case .computed: "computed"
        case .synthetic: "synthetic"
        }
    }
}

/// Something that an emulated device noticed about the program that uses it.
public struct DeviceFinding: Equatable, Sendable {
    public enum Kind: Int32, Sendable {
        /// A real driver or card would not have survived it, or would have done the wrong thing in silence.
        case violation = 1
        /// Driver or firmware refused it.
        case refusal = 2
    }

    public let kind: Kind
    public let text: String
}

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
            throw HailoError(error.status, "HAILOSWIFT_EMULATOR: \(error.message)")
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

extension Device {
    /// What an emulated device noticed since somebody opened it; nothing for a real one.
    public var findings: [DeviceFinding] {
        (emulator?.findings ?? []).map {
            DeviceFinding(kind: $0.kind == .violation ? .violation : .refusal, text: $0.text)
        }
    }
}

extension Model {
    /// Whether a group carries programs for the emulated core, which mean nothing to a chip.
    func carriesProgram(_ group: NetworkGroup) -> Bool {
        for operation in group.coreOp.contexts.first?.operations ?? [] {
            for case .writeConfiguration(channel: 0, let offset, let size) in operation.actions {
                guard size >= 4, let offset = Int(exactly: offset) else { return false }
                var start = [UInt8](repeating: 0, count: 4)
                let copied = start.withUnsafeMutableBytes { target in
                    try? copy([MemoryPlan.Piece(offset: offset, size: 4)], to: target, at: 0)
                }
                return copied == 4 && Program.isProgram(start)
            }
        }
        return false
    }
}
