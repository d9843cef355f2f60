internal import CHailoPlatform
public import HailoBase
public import HailoRuntime

extension DeviceGroup {
    /// Which devices a group has.
    public struct Options: Sendable {
        /// The ids of the devices; empty for any of this machine.
        public var ids: [String] = []
        /// Without ids, how many devices that nobody else has reserved; 0 for all of them.
        public var count = 0
        /// A name by which other parts of the program get the same group; nil for a group of one's own.
        public var name: String?
        /// How each of them is opened. Devices that are not shared are reserved as long as the group is open.
        public var device = Device.Options()

        public init() {}
    }

    /// Opens devices and reserves them.
    public static func open(_ options: Options = Options()) throws(HailoError) -> DeviceGroup {
        guard let name = options.name else { return DeviceGroup(Members(try options.openDevices())) }
        return try NamedGroups.shared.open(name, options)
    }
}

extension DeviceGroup.Options {
    fileprivate func openDevices() throws(HailoError) -> [Device] {
        var opening = device
        opening.isExclusive = opening.sharing == nil
        let wanted = try wantedIDs()
        var devices: [Device] = []
        for id in wanted {
            guard ids.isEmpty else {
                devices.append(try Device.open(id, options: opening))
                continue
            }
            if count > 0, devices.count == count { break }
            do throws(HailoError) {
                devices.append(try Device.open(id, options: opening))
            } catch {
                guard error.status == .busy else { throw error }
                Log.info(error.message)
            }
        }
        guard !devices.isEmpty, devices.count >= count else {
            throw HailoError(
                wanted.isEmpty ? .notFound : .busy,
                count == 0
                    ? "none of the machine's \(counted(wanted.count, "device")) is free"
                    : "of the machine's \(counted(wanted.count, "device")), \(devices.count) are free; \(count) are wanted"
            )
        }
        return devices
    }

    private func wantedIDs() throws(HailoError) -> [DeviceID] {
        guard !ids.isEmpty else { return try DeviceID.all() }
        guard count == 0 || count == ids.count else {
            throw HailoError(
                .invalidArgument,
                "\(counted(ids.count, "device")) are named, but \(count) are wanted; one of both is enough")
        }
        var wanted: [DeviceID] = []
        for (index, id) in ids.enumerated() {
            guard !ids[..<index].contains(id) else {
                throw HailoError(.invalidArgument, "the device \"\(id)\" is named twice")
            }
            wanted.append(try DeviceID(id))
        }
        return wanted
    }

    /// Whether these ask for a group that exists.
    fileprivate func fit(_ other: DeviceGroup.Options, _ members: DeviceGroup.Members) -> Bool {
        if !ids.isEmpty { return ids.sorted() == other.ids.sorted() }
        return count == 0 || count == members.devices.count
    }
}

/// The groups of this process that have a name.
private final class NamedGroups: @unchecked Sendable {
    private struct Entry {
        let options: DeviceGroup.Options
        let members: DeviceGroup.Members
        var uses: Int
    }

    static let shared = NamedGroups()

    private let lock = Lock()
    private var entries: [String: Entry] = [:]

    private init() {
        hailoplatform_at_fork(
            { NamedGroups.shared.lock.lock() }, { NamedGroups.shared.lock.unlock() },
            { NamedGroups.shared.lock.reset() })
    }

    func open(_ name: String, _ options: DeviceGroup.Options) throws(HailoError) -> DeviceGroup {
        // The child of a fork() has no part in the groups of its parent.
        let key = "\(hailoplatform_fork_generation()) \(name)"
        let members = try lock.withLock { () throws(HailoError) in
            if let entry = entries[key] {
                guard options.fit(entry.options, entry.members) else {
                    throw HailoError(
                        .invalidOperation,
                        "the group \"\(name)\" exists with other devices: it has \(entry.members.devices.count)")
                }
                entries[key]?.uses += 1
                return entry.members
            }
            let members = DeviceGroup.Members(try options.openDevices())
            entries[key] = Entry(options: options, members: members, uses: 1)
            return members
        }
        return DeviceGroup(members) { NamedGroups.shared.close(key) }
    }

    private func close(_ key: String) {
        // The devices close after the lock is released.
        _ = lock.withLock { () -> Entry? in
            entries[key]?.uses -= 1
            return entries[key]?.uses == 0 ? entries.removeValue(forKey: key) : nil
        }
    }
}
