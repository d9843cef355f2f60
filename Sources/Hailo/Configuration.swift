public import HailoBase
internal import HailoCoreProgram
internal import HailoHEF
internal import HailoPlanner
public import HailoRuntime

extension Device {
    /// Opens the device with this id, or, without one, the device that HAILOSWIFT_DEVICE names or the machine's only one.
    public static func open(_ id: String? = nil, options: Options = Options()) throws(HailoError) -> Device {
        let deviceID = if let id { try DeviceID(id) } else { try DeviceID.standard() }
        return try open(try deviceID.open(), options: options)
    }

    /// Sets a network group of a model up.
    public func configure(
        _ model: Model, options: Session.Options = Session.Options()
    ) throws(HailoError) -> Session {
        let target = try planTarget()
        let origin = try model.dataOrigin(of: options.group, on: self)
        return try Session.make(
            try model.plan(for: target, options), on: self, origin: origin, scheduling: options.scheduling
        ) {
            pieces, memory, offset throws(HailoError) in
            try model.copy(pieces, to: memory, at: offset)
        }
    }
}

extension Model {
    /// Where the frames of a group come from on a device. A program for the emulated core is refused by a chip.
    fileprivate func dataOrigin(of group: String?, on device: Device) throws(HailoError) -> DataOrigin {
        guard carriesProgram(try find(group)) else { return device.isEmulated ? .synthetic : .chip }
        guard device.isEmulated else {
            throw HailoError(
                .hefIncompatible,
                "\(device.name): the model is a program for the emulated core, which this chip cannot run. Run it on "
                    + "the device \"emulator\"; for the chip, compile the network with the vendor's compiler")
        }
        return .computed
    }

    /// Whether a group carries programs for the emulated core, which mean nothing to a chip.
    private func carriesProgram(_ group: NetworkGroup) -> Bool {
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
