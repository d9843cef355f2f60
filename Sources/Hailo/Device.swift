public import Base
package import Driver
internal import Emulator
internal import Firmware
package import Planner

/// An open device. It closes when the last reference to it goes.
public final class Device: @unchecked Sendable {
    /// How to open a device.
    public struct Options: Sendable {
        /// Reserve the device, so that no other program can.
        public var isExclusive = false
        /// How long the firmware may take to answer.
        public var controlTimeoutMilliseconds: UInt32 = 1000

        public init() {}
    }

    private let opened: DeviceID.Opened
    private let controls: ControlChannel
    private let facts: DeviceFacts
    /// Whether there is no chip: an emulated device of this process, or one that the preload library offers as a file.
    let isEmulated: Bool
    private let infoLock = Lock()
    private var cachedInfo: DeviceInfo?
    private var cachedTarget: PlanTarget?
    /// Guarded by `infoLock`.
    private var origin: DataOrigin
    package let dma: DMA
    let caches: SharedCaches
    let buffers = DeviceBuffers()
    let applications: Applications
    let notifications: NotificationListener

    private init(_ opened: DeviceID.Opened, _ controls: ControlChannel, _ facts: DeviceFacts) {
        self.opened = opened
        self.controls = controls
        self.facts = facts
        dma = DMA(opened.driver)
        caches = SharedCaches(dma)
        applications = Applications(controls)
        notifications = NotificationListener(controls.calls)
        isEmulated = opened.path.isEmpty || facts.identity.partNumber.hasPrefix("EMULATED")
        origin = isEmulated ? .synthetic : .chip
    }

    deinit {
        notifications.stop()
        opened.driver.close()
    }

    /// Opens the device with this id, or, without one, the device that HAILOSWIFT_DEVICE names or the machine's only one.
    public static func open(_ id: String? = nil, options: Options = Options()) throws(HailoError) -> Device {
        let deviceID = if let id { try DeviceID(id) } else { try DeviceID.standard() }
        return try open(try deviceID.open(), options)
    }

    /// Opens a device by a driver of one's own, which is closed with it.
    package static func open(driver: any Driver, options: Options = Options()) throws(HailoError) -> Device {
        try open(DeviceID.Opened(driver: driver, path: "", pciAddress: nil), options)
    }

    private static func open(_ opened: DeviceID.Opened, _ options: Options) throws(HailoError) -> Device {
        let calls = DriverCalls(opened.driver)
        let controls = ControlChannel(calls: calls, timeoutMilliseconds: options.controlTimeoutMilliseconds)
        do throws(HailoError) {
            let facts = try DeviceFacts(calls, controls, isExclusive: options.isExclusive)
            Log.info("opened \(opened.driver.name): \(facts.architecture.name), driver \(facts.driverVersion)")
            return Device(opened, controls, facts)
        } catch {
            opened.driver.close()
            throw error
        }
    }

    /// Who the device is.
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
                    id: opened.pciAddress ?? opened.driver.name, path: opened.path, isEmulated: isEmulated, facts, core,
                    information)
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

    /// Sets a network group of a model up.
    public func configure(
        _ model: Model, options: Session.Options = Session.Options()
    ) throws(HailoError) -> Session {
        try Session.create(model, on: self, options)
    }

    /// The emulated driver behind the device; nil for a real one.
    var emulator: EmulatedDriver? { opened.emulator }

    /// A group has begun to run whose frames come from there.
    func note(origin: DataOrigin) { infoLock.withLock { self.origin = origin } }

    /// What messages call the device.
    var name: String { opened.driver.name }

    /// The emulated or real driver, for tests that look behind it.
    package var driver: any Driver { opened.driver }

    /// Keeps other programs from using the device until it is closed, and begins to hear what its firmware tells.
    func reserve() throws(HailoError) {
        try DeviceFacts.reserve(controls.calls)
        notifications.start()
    }

    /// What plans have to know of the device.
    package func planTarget() throws(HailoError) -> PlanTarget {
        try infoLock.withLock { () throws(HailoError) in
            if let cachedTarget { return cachedTarget }
            let chip: PlanTarget.Chip =
                switch facts.architecture {
                case .hailo8: .hailo8
                case .hailo8l: .hailo8l(clusterLayout: try info.clusterLayout)
                }
            let target = PlanTarget(
                chip: chip, descriptorPageSize: facts.descriptorPageSize, dmaEngines: facts.dmaEngines,
                constants: try HardwareConstants(try controls.send(HardwareConstants.request)))
            cachedTarget = target
            return target
        }
    }
}
