public import HailoBase
internal import HailoCoreProgram
internal import HailoHEF
internal import HailoPlanner
public import HailoRuntime

extension Device {
    /// Opens the device with this id, or, without one, the device that HAILOSWIFT_DEVICE names or the machine's only one.
    public static func open(_ id: String? = nil, options: Options = Options()) throws(HailoError) -> Device {
        let deviceID = if let id { try DeviceID(id) } else { try DeviceID.standard() }
        return try open(deviceID, options: options)
    }

    static func open(_ id: DeviceID, options: Options) throws(HailoError) -> Device {
        try open(try id.open(isShared: options.sharing != nil), options: options)
    }

    /// Sets a network group of a model up.
    public func configure(
        _ model: Model, options: Session.Options = Session.Options()
    ) throws(HailoError) -> Session {
        try Session.make(try model.placement(on: self, options), scheduling: options.scheduling) {
            pieces, memory, offset throws(HailoError) in
            try model.copy(pieces, to: memory, at: offset)
        }
    }
}

extension DeviceGroup {
    /// Sets a network group of a model up on all devices of the group. Its frames run on whichever is free, and end in order.
    public func configure(
        _ model: Model, options: Session.Options = Session.Options()
    ) throws(HailoError) -> Session {
        var placements: [Session.Placement] = []
        for device in devices { placements.append(try model.placement(on: device, options)) }
        return try makeSession(placements, scheduling: options.scheduling ?? Session.Scheduling()) {
            pieces, memory, offset throws(HailoError) in
            try model.copy(pieces, to: memory, at: offset)
        }
    }
}

extension Model {
    fileprivate func placement(
        on device: Device, _ options: Session.Options
    ) throws(HailoError) -> Session.Placement {
        let target = try device.planTarget()
        let origin = try dataOrigin(of: options.group, on: device)
        return Session.Placement(try plan(for: target, options), on: device, origin: origin)
    }

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
