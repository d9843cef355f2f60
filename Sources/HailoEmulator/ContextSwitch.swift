internal import HailoBase
internal import HailoCoreProgram
package import HailoFirmware

/// Configuration data that the chip fetched for one context through one channel.
package struct ReceivedConfiguration: Equatable, Sendable {
    package let application: Int
    /// The number of the context in the order of arrival: activation, batch switching, preliminary, dynamic ones.
    package let context: Int
    package let type: ContextType
    package let stream: UInt8
    package let channel: UInt8
    package let descriptors: Int
    package let bytes: [UInt8]
}

/// The part of the firmware that holds network groups and lets one of them run.
struct ContextSwitch {
    private struct Context {
        let type: ContextType
        var bytes = Series<UInt8>()
        /// Once its last piece has come.
        var actions: ActionList?
    }

    private struct Application {
        let header: ApplicationHeader
        var contexts: [Context] = []

        var expectedContexts: Int { Int(header.dynamicContexts) + 3 }
        var isComplete: Bool { contexts.count == expectedContexts && contexts.allSatisfy { $0.actions != nil } }
    }

    typealias Lists = (UInt64) -> DescriptorList?

    private static let maximumApplications = 32
    private static let maximumContexts = 1024
    private static let maximumNetworks: UInt8 = 8

    /// Whether contexts are taken that make no sense to real firmware.
    private let isLenient: Bool
    private let firmware: FirmwareInterface
    private var applications: [Application] = []
    private var active: Int?
    /// Where the last refusal was, and why, as far as its status does not tell.
    private var reason: String?
    /// Real firmware falls silent when a network group comes before these two.
    private var wasCleared = false
    private var gaveConstants = false
    /// The lists that the running network group was told of.
    private(set) var activeLists: Set<UInt64> = []
    /// Is told of configuration data that the chip has fetched.
    typealias ConfigurationObserver = (ReceivedConfiguration) -> Void
    var observer: ConfigurationObserver?
    /// Set where the emulation, not the chip, had too little memory.
    private var lacksMemory = false

    mutating func takeLackOfMemory() -> Bool {
        defer { lacksMemory = false }
        return lacksMemory
    }

    /// The network group that runs, as far as the network core has to know it.
    struct Running {
        let activation: ActionList
        /// The networks that boundary channels belong to.
        let networks: [Int: Int]
        let batch: Int
        /// A batch that is chosen later is not larger.
        let largestBatch: Int
        let hasSeveralContexts: Bool
        /// The unit for non-maximum suppression, if it is used.
        let boxUnit: (classes: Int, burst: Int)?
        /// What computes the frames, if the contexts carry programs.
        let computed: ComputedFrames?
    }

    /// What the network core shall do; taken by the board.
    enum Change {
        case stop
        case start(Running)
        /// The running group goes on with batches of so many frames.
        case batch(Int)
    }
    private var change: Change?

    mutating func takeChange() -> Change? {
        defer { change = nil }
        return change
    }

    init(_ firmware: FirmwareInterface, isLenient: Bool) {
        self.firmware = firmware
        self.isLenient = isLenient
    }

    mutating func takeReason() -> String? {
        defer { reason = nil }
        return reason
    }

    var applicationCount: Int { applications.count }
    var isRunning: Bool { active != nil }

    /// What closing the device does.
    mutating func shutDown() {
        reset()
        applications = []
        wasCleared = false
    }

    // MARK: Controls

    mutating func didGiveConstants() { gaveConstants = true }

    mutating func clear() -> FirmwareStatus {
        guard active == nil else { return .clearedWhileActive }
        applications = []
        wasCleared = true
        gaveConstants = false
        return .success
    }

    /// nil where the firmware stays silent.
    mutating func addApplication(_ bytes: ArraySlice<UInt8>) -> FirmwareStatus? {
        guard wasCleared, gaveConstants || isLenient else { return nil }
        guard bytes.count == ApplicationHeader.size(for: firmware) else { return .headerLength }
        guard active == nil else { return .configuredWhileActive }
        guard applications.count < ContextSwitch.maximumApplications else { return .applicationCount }
        guard applications.last?.isComplete ?? true else { return .contextOrder }
        guard let header = ApplicationHeader(bytes, for: firmware) else { return .configurationChannelCount }
        guard header.dynamicContexts > 0 else { return .dynamicContextCount }
        guard Int(header.dynamicContexts) + 3 <= ContextSwitch.maximumContexts else { return .contextCount }
        let channels = header.configurationChannels
        guard channels.allSatisfy({ $0 < 16 }), Set(channels).count == channels.count else {
            return .configurationChannels
        }
        guard (1...ContextSwitch.maximumNetworks).contains(header.networks) else { return .networkIndex }
        let networks = header.networkBatchSizes.prefix(Int(header.networks))
        let hasBatchSizes =
            header.batchSize > 0 && networks.allSatisfy { $0 > 0 }
            && header.networkBatchSizes.dropFirst(Int(header.networks)).allSatisfy { $0 == 0 }
        guard hasBatchSizes || isLenient else { return .batchSize }
        let isPowerOfTwo = header.bufferSize > 0 && header.bufferSize & (header.bufferSize - 1) == 0
        guard isPowerOfTwo || isLenient else { return .bufferSize }
        applications.append(Application(header: header))
        return .success
    }

    mutating func addContext(_ parameters: [ArraySlice<UInt8>], lists: @escaping Lists) -> FirmwareStatus {
        guard parameters[0].count == 1, let isFirst = parameters[0].first else { return .isFirstLength }
        guard parameters[1].count == 1, let isLast = parameters[1].first else { return .isLastLength }
        guard parameters[2].count == 1, let code = parameters[2].first else { return .contextTypeLength }
        guard parameters[3].count <= ActionList.largestChunk else { return .contextDataTooLong }
        guard active == nil else { return .configuredWhileActive }
        guard let index = applications.indices.last else { return .contextBeforeHeader }
        guard let type = ContextType(rawValue: code) else { return .contextType }
        guard !parameters[3].isEmpty || isLenient else { return .noContextInfo }
        let isOpen = applications[index].contexts.last.map { $0.actions == nil } ?? false
        if isFirst != 0 {
            guard !isOpen else { return .contextOrder }
            guard !applications[index].isComplete else { return .tooManyContexts }
            guard type == ContextSwitch.expectedType(applications[index].contexts.count) else { return .contextOrder }
            applications[index].contexts.append(Context(type: type))
        } else {
            guard isOpen else { return .contextOrder }
            guard applications[index].contexts.last?.type == type else { return .contextType }
        }
        let last = applications[index].contexts.count - 1
        applications[index].contexts[last].bytes.append(contentsOf: parameters[3])
        guard isLast != 0 else { return .success }
        return complete(last, of: index, lists: lists)
    }

    private static func expectedType(_ index: Int) -> ContextType {
        switch index {
        case 0: .activation
        case 1: .batchSwitching
        case 2: .preliminary
        default: .dynamic
        }
    }

    private mutating func complete(_ context: Int, of application: Int, lists: @escaping Lists) -> FirmwareStatus {
        let contexts = applications[application].contexts
        applications[application].contexts[context].bytes.removeAll()
        let actions: ActionList
        do throws(ActionList.Malformation) {
            actions = try ActionList(bytes: contexts[context].bytes, for: firmware)
        } catch {
            reason = "Context \(context) cannot be read as actions"
            switch error.reason {
            case .cutOff, .timeStamp: return .misalignedAction
            case .unknownKind: return .actionKind
            case .repeatedKind: return .repeatedKind
            case .emptyRepetition: return .repeatedCount
            }
        }
        var check = ContextCheck(
            type: contexts[context].type, header: applications[application].header, firmware: firmware,
            activation: context == 0 ? actions : contexts[0].actions ?? ActionList(), lists: lists)
        let status = check.check(actions)
        if status == .success || isLenient {
            applications[application].contexts[context].actions = actions
            return .success
        } else {
            reason =
                "It is context \(context) (0 is the activation, 1 batch switching, 2 the preliminary one), "
                + (check.place.map { "action \($0.index), \($0.kind.name)" } ?? "as a whole")
            return status
        }
    }

    mutating func change(_ parameters: [ArraySlice<UInt8>], lists: @escaping Lists) -> FirmwareStatus {
        guard parameters[0].count == 1, let code = parameters[0].first else { return .stateLength }
        guard parameters[1].count == 1, let index = parameters[1].first else { return .applicationIndexLength }
        guard parameters[2].count == 2, let batch = parameters[2].littleEndian(UInt16.self, at: 0) else {
            return .batchSizeLength
        }
        guard parameters[3].count == 2 else { return .batchCountLength }
        switch ContextSwitchState(rawValue: code) {
        case .reset:
            reset()
            return .success
        case .enabled:
            return enable(Int(index), batch: batch, lists: lists)
        case .paused, nil:
            return .invalidState
        }
    }

    private mutating func reset() {
        change = .stop
        active = nil
        activeLists = []
    }

    private mutating func enable(_ index: Int, batch: UInt16, lists find: @escaping Lists) -> FirmwareStatus {
        guard applications.indices.contains(index) else { return .applicationIndex }
        let application = applications[index]
        guard application.isComplete else { return .applicationNotReady }
        guard batch <= application.header.batchSize else { return .batchSize }
        // The same group with another batch size goes on without being loaded again.
        let batch = max(Int(batch > 0 ? batch : application.header.batchSize), 1)
        if active == index, application.header.canFastBatchSwitch {
            change = .batch(batch)
            return .success
        }
        reset()
        var programs: [FetchedBytes?] = []
        for (number, context) in application.contexts.enumerated() {
            var fetch = ConfigurationFetch(
                application: index, context: number, type: context.type, lists: find, observer: observer)
            var status = FirmwareStatus.success
            for action in context.actions ?? ActionList() where status == .success { status = fetch.run(action) }
            if status == .success, !fetch.isComplete { status = .descriptorMismatch }
            guard status == .success else {
                lacksMemory = fetch.lacksMemory
                reason = "The card fetches the configuration data of context \(number)"
                return status
            }
            programs.append(fetch.program)
        }
        var networks: [Int: Int] = [:]
        var nms: ContextAction?
        var lists: Set<UInt64> = []
        for context in application.contexts {
            for action in context.actions ?? ActionList() {
                if action.kind == .openBoundaryInput || action.kind == .activateBoundaryOutput {
                    networks[Int(action[.channel] ?? 0)] = Int(action[.network] ?? 0)
                }
                if action.kind == .enableNms, nms == nil { nms = action }
                if let address = action[.listAddress] { lists.insert(address) }
            }
        }
        let computed: ComputedFrames?
        do throws(ProgramFailure) {
            let dynamic = application.contexts.enumerated().filter { $0.element.type == .dynamic }
            computed = try ComputedFrames.make(
                dynamic.map { ($0.element.actions ?? ActionList(), programs[$0.offset]) }, lists: find)
            if computed != nil, Set(networks.values).count > 1 {
                throw ProgramFailure(nil, "a model with programs has one network")
            }
        } catch {
            lacksMemory = error.lacksMemory
            reason = "The emulated core cannot run its program: \(error.description)"
            return .edgeLayer
        }
        active = index
        change = .start(
            Running(
                activation: application.contexts[0].actions ?? ActionList(), networks: networks,
                batch: batch, largestBatch: max(Int(application.header.batchSize), 1),
                hasSeveralContexts: application.header.dynamicContexts > 1,
                boxUnit: nms.map { (Int($0[.classes] ?? 0), Int($0[.burstSize] ?? 0)) }, computed: computed))
        activeLists = lists
        return .success
    }
}
