package import HailoBase

/// Several devices behind one queue: a session of the group runs its frames on whichever device is free, and its results come in the
/// order in which the frames were submitted. A device that is lost is left out, and the others take its frames.
public final class DeviceGroup: Sendable {
    /// Devices and who decides about their turns: what those share that opened the group by its name.
    package final class Members: Sendable {
        package let devices: [Device]
        fileprivate let scheduler: DeviceScheduler

        /// The devices belong to nobody else.
        package init(_ devices: [Device]) {
            self.devices = devices
            scheduler = DeviceScheduler(
                devices.map { $0.sharing }, ageingMilliseconds: devices.first?.ageing ?? 0)
            for device in devices { device.joinGroup() }
        }
    }

    private let members: Members
    private let didClose: (@Sendable () -> Void)?

    package init(_ members: Members, didClose: (@Sendable () -> Void)? = nil) {
        self.members = members
        self.didClose = didClose
    }

    deinit { didClose?() }

    /// In the order in which single frames are given to them.
    public var devices: [Device] { members.devices }

    /// Sets a network group up on all devices.
    package func makeSession(
        _ placements: [Session.Placement], scheduling: Session.Scheduling, copy: ConfigurationCopy
    ) throws(HailoError) -> Session {
        try Session.make(placements, by: members.scheduler, scheduling: scheduling, keeping: self, copy: copy)
    }
}
