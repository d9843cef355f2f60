public import HailoBase
package import HailoDriver
internal import HailoFirmware
internal import HailoKernelABI
package import HailoPlanner
internal import HailoFormats

/// An open device. It closes when the last reference to it goes.
public final class Device: @unchecked Sendable {
    /// How to open a device.
    public struct Options: Sendable {
        /// Reserve the device, so that no other program can.
        public var isExclusive = false
        /// How long the firmware may take to answer.
        public var controlTimeoutMilliseconds: UInt32 = 1000
        /// Use the device in turn with other processes that do so too; nil keeps it as soon as it has a session.
        public var sharing: Sharing?
        /// So many milliseconds of waiting raise the priority of a scheduled session by 1, until it gets a turn; 0 never does.
        public var ageingMilliseconds: UInt32 = 0

        public init() {}
    }

    /// How processes use a device in turn.
    public struct Sharing: Equatable, Sendable {
        /// How long this process keeps the device while others wait.
        public var turnMilliseconds: UInt32 = 200
        /// How long it waits for the device before its frames, or the creation of a session, fail with `.busy`.
        public var waitMilliseconds: UInt32 = 10_000

        public init() {}
    }

    /// A driver's device that was found and opened.
    package struct Connection: Sendable {
        package let driver: any Driver
        /// The device file; empty for an emulated device.
        package let path: String
        /// nil if there is none, or if it is unknown.
        package let pciAddress: String?
        /// What an emulated device of this process has noticed; nil for all others.
        package let findings: (@Sendable () -> [DeviceFinding])?

        package init(
            driver: any Driver, path: String = "", pciAddress: String? = nil,
            findings: (@Sendable () -> [DeviceFinding])? = nil
        ) {
            self.driver = driver
            self.path = path
            self.pciAddress = pciAddress
            self.findings = findings
        }
    }

    private let connection: Connection
    private let controls: ControlChannel
    private let facts: DeviceFacts
    /// Whether there is no chip: an emulated device of this process, or one that is offered as a file.
    package let isEmulated: Bool
    private let infoLock = Lock()
    private var cachedInfo: DeviceInfo?
    private var cachedTarget: PlanTarget?
    /// Guarded by `infoLock`.
    private var origin: DataOrigin
    package let dma: DMA
    let caches: SharedCaches
    let buffers = DeviceMemories()
    let activity = DeviceActivity()
    let applications: Applications
    let notifications: NotificationListener
    let scheduler: DeviceScheduler
    let ageing: UInt32
    /// nil if the device stays reserved as long as it is open.
    let sharing: DeviceSharing?
    /// Whether its turns are decided for a group of devices. Set before anybody else has the device.
    private(set) var isInGroup = false

    private init(
        _ connection: Connection, _ controls: ControlChannel, _ facts: DeviceFacts, _ options: Options
    ) {
        self.connection = connection
        self.controls = controls
        self.facts = facts
        dma = DMA(connection.driver, facts.driver)
        caches = SharedCaches(dma)
        applications = Applications(controls)
        notifications = NotificationListener(controls.calls)
        isEmulated = connection.path.isEmpty || facts.identity.isEmulated
        origin = isEmulated ? .synthetic : .chip
        self.sharing = options.sharing.map {
            DeviceSharing(
                connection.driver, turnMilliseconds: $0.turnMilliseconds, waitMilliseconds: $0.waitMilliseconds)
        }
        ageing = options.ageingMilliseconds
        scheduler = DeviceScheduler([sharing], ageingMilliseconds: ageing)
    }

    deinit {
        notifications.stop()
        connection.driver.close()
    }

    /// Asks a device who it is, and refuses what this library cannot run. The driver is closed with the device, and if this
    /// throws.
    package static func open(_ connection: Connection, options: Options = Options()) throws(HailoError) -> Device {
        let calls = DriverCalls(connection.driver)
        let controls = ControlChannel(calls: calls, timeoutMilliseconds: options.controlTimeoutMilliseconds)
        do throws(HailoError) {
            guard !options.isExclusive || options.sharing == nil else {
                throw HailoError(.invalidArgument, "a device is either reserved for this program or shared, not both")
            }
            let facts = try DeviceFacts(calls, controls, isExclusive: options.isExclusive)
            let firmware = facts.identity.firmware.version
            Log.info(
                "opened \(connection.driver.name): \(facts.chip.name), driver \(facts.driverVersion), firmware \(firmware)"
                    + (firmware == facts.driverVersion
                        ? "" : "; they are of different releases, each is spoken to in its own way"))
            return Device(connection, controls, facts, options)
        } catch {
            connection.driver.close()
            throw error
        }
    }

    /// General information about the device.
    public var info: DeviceInfo {
        get throws(HailoError) {
            try infoLock.withLock { () throws(HailoError) in
                if var cachedInfo {
                    cachedInfo.dataOrigin = origin
                    return cachedInfo
                }
                let core = try CoreIdentity(try controls.send(CoreIdentity.request))
                let information = try DeviceInformation(try controls.send(DeviceInformation.request))
                var info = DeviceInfo(
                    id: connection.pciAddress ?? connection.driver.name, path: connection.path, isEmulated: isEmulated,
                    facts, core, information)
                info.dataOrigin = origin
                cachedInfo = info
                return info
            }
        }
    }

    /// The temperature of the chip.
    public func temperature() throws(HailoError) -> Temperature {
        let answer = try ChipTemperature(try controls.send(ChipTemperature.request))
        return Temperature(sensor0: answer.sensor0, sensor1: answer.sensor1, sampleCount: UInt32(answer.sampleCount))
    }

    /// The power that the device draws, in watts. Only boards with current monitoring can measure it.
    public func power() throws(HailoError) -> Float {
        try PowerMeasurement(try controls.send(PowerMeasurement.request)).value
    }

    /// What an emulated device has noticed since it was first opened; nothing for a real one.
    public var findings: [DeviceFinding] { connection.findings?() ?? [] }

    func joinGroup() { isInGroup = true }

    /// A group has begun to run whose frames come from there.
    func note(origin: DataOrigin) { infoLock.withLock { self.origin = origin } }

    /// What messages call the device.
    package var name: String { connection.driver.name }

    /// The emulated or real driver, for tests that look behind it.
    package var driver: any Driver { connection.driver }

    /// Keeps other programs from using the device until it is closed, or until it is given up in their favour, and begins to listen
    /// to its firmware.
    func reserve() throws(HailoError) {
        if let sharing {
            _ = try sharing.reserve { true }
        } else {
            try DeviceFacts.reserve(controls.calls)
        }
        notifications.start()
    }

    /// Lets other processes have a shared device. Its firmware forgets all groups.
    func giveUp() {
        sharing?.giveUp()
        applications.forget()
    }

    /// What plans depend on.
    package func planTarget() throws(HailoError) -> PlanTarget {
        try infoLock.withLock { () throws(HailoError) in
            if let cachedTarget { return cachedTarget }
            let firmware = try FirmwareVersionPolicy.interface(of: facts.identity.firmware.version, name)
            let clusters: UInt32 = facts.chip == .hailo8l ? try info.clusterLayout : 0
            let target = PlanTarget(
                chip: facts.chip, clusterLayout: clusters, descriptorPageSize: facts.descriptorPageSize,
                dmaEngines: facts.dmaEngines,
                constants: try HardwareConstants(try controls.send(HardwareConstants.request)), firmware: firmware,
                canStride: facts.driver.canStride)
            cachedTarget = target
            return target
        }
    }
}
