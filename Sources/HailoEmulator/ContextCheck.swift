internal import HailoFirmware

/// Looks at the actions of one context as the firmware does when it receives them.
struct ContextCheck {
    let type: ContextType
    let header: ApplicationHeader
    let firmware: FirmwareInterface
    /// The actions that open the group's channels.
    let activation: ActionList
    let lists: ContextSwitch.Lists

    private struct Activated {
        let stream: UInt64
        let kind: ActionKind
    }

    private var activated: [UInt64: Activated] = [:]
    private var activatedStreams: Set<UInt64> = []
    /// The configuration channels that are active: their stream, the descriptors fetched and those there are.
    private var configuration: [UInt64: (stream: UInt64, fetched: UInt64, limit: UInt64)] = [:]
    private var opened: Set<UInt64> = []
    private var hasData = false
    private var ddrPairs = 0
    private var runsDDR = false
    /// The action that is being looked at.
    private(set) var place: (index: Int, kind: ActionKind)?

    private static let maximumStreams: UInt64 = 32
    private static let maximumClusters: UInt64 = 8
    private static let maximumDescriptors: UInt64 = 65536

    init(
        type: ContextType, header: ApplicationHeader, firmware: FirmwareInterface, activation: ActionList,
        lists: @escaping ContextSwitch.Lists
    ) {
        self.type = type
        self.header = header
        self.firmware = firmware
        self.activation = activation
        self.lists = lists
    }

    mutating func check(_ actions: ActionList) -> FirmwareStatus {
        for action in activation where action.kind == .openBoundaryInput || action.kind == .openBoundaryOutput {
            opened.insert(action[.channel] ?? 0)
        }
        var openedHere: Set<UInt64> = []
        for (index, action) in actions.enumerated() {
            place = (index, action.kind)
            if action.kind == .openBoundaryInput || action.kind == .openBoundaryOutput {
                guard type == .activation else { return .actionOfOtherContext }
                guard openedHere.insert(action[.channel] ?? 0).inserted else { return .channelUsedTwice }
            }
            for status in [checkChannel(action), checkHostBuffer(action), checkStream(action)]
            where status != .success { return status }
            let status = checkKind(action)
            guard status == .success else { return status }
        }
        place = nil
        return configuration.isEmpty ? .success : .descriptorMismatch
    }

    // MARK: What many kinds have

    private enum Way {
        case input, output, either
    }

    private func way(of kind: ActionKind) -> Way {
        switch kind {
        case .activateBoundaryOutput, .activateInterContextOutput, .activateDDROutput, .activateCacheOutput,
            .openBoundaryOutput, .waitForOutputTransfer, .waitForDMAIdle:
            .output
        case .deactivateChannel, .mapChannelToStream, .validateChannel: .either
        default: .input
        }
    }

    private func checkChannel(_ action: ContextAction) -> FirmwareStatus {
        if let channel = action[.channel] {
            guard channel < 32 else { return .engineOrOutputChannel }
            switch way(of: action.kind) {
            case .input: guard channel < 16 else { return .inputChannel }
            case .output: guard channel >= 16 else { return .engineOrOutputChannel }
            case .either: break
            }
            if let direction = action[.direction] {
                guard direction == (channel < 16 ? 1 : 2) else { return .channelDirection }
            }
        }
        if let network = action[.network], network >= UInt64(header.networks) { return .networkIndex }
        if let type = action[.hostBufferType], type != 0 { return .hostBufferType }
        // A layout of another generation shows here.
        if let flag = action[.peripheryByHost], flag > 1 { return .misalignedAction }
        if let flag = action[.paddingInDataflow], flag > 1 { return .misalignedAction }
        if let credit = action[.initialCredit], credit == 0 { return .initialCredit }
        if let lcu = action[.lcu], lcu & 0x80 != 0 { return .clusterIndex }
        return .success
    }

    private func checkHostBuffer(_ action: ContextAction) -> FirmwareStatus {
        guard let address = action[.listAddress], let page = action[.pageSize], let type = action[.bufferType],
            let count = action[.descriptorCount], let pattern = action[.bytesInPattern]
        else { return .success }
        guard type == 0 else { return type == 1 ? .continuousBuffer : .hostBufferType }
        guard address & 0xffff == 0 else { return .listAlignment }
        guard page > 0, page & (page - 1) == 0 else { return .pagePowerOfTwo }
        guard (1...ContextCheck.maximumDescriptors).contains(count) else { return .tooManyDescriptors }
        guard let list = lists(address) else { return .noIdleChannel }
        guard UInt64(list.pageSize) == page else { return .pageSize }
        guard UInt64(list.count) == count else { return .listDepth }
        switch action.kind {
        case .activateBoundaryInput, .activateBoundaryOutput, .activateDDRInput, .activateDDROutput,
            .openBoundaryInput, .openBoundaryOutput:
            guard count & (count - 1) == 0 else { return .listPowerOfTwo }
        default: break
        }
        if pattern == 0, action.kind != .activateConfigurationChannel {
            return way(of: action.kind) == .output ? .outputCredits : .inputCredits
        }
        return pattern <= page * count ? .success : .patternTooLarge
    }

    private func checkStream(_ action: ContextAction) -> FirmwareStatus {
        guard let bytes = action[.coreBytesPerBuffer], let buffers = action[.coreBuffersPerFrame],
            let peripheryBytes = action[.peripheryBytesPerBuffer],
            let peripheryBuffers = action[.peripheryBuffersPerFrame], let pattern = action[.bytesInPattern]
        else { return .success }
        guard bytes > 0, peripheryBytes > 0, peripheryBytes % 8 == 0 else { return .bytesPerBuffer }
        guard buffers > 0, peripheryBuffers > 0 else { return .buffersPerFrame }
        switch action.kind {
        case .activateBoundaryInput, .activateBoundaryOutput, .activateInterContextInput, .activateInterContextOutput:
            return peripheryBytes * peripheryBuffers == pattern ? .success : .frameSize
        default:
            return .success
        }
    }

    // MARK: Each kind

    private mutating func checkKind(_ action: ContextAction) -> FirmwareStatus {
        let channel = action[.channel] ?? 0
        switch action.kind {
        case .fetchBursts: return .burstFetch
        case .waitForInputTransfer, .validateChannel: return .unsupportedAction
        case .activateConfigurationChannel, .fetchConfiguration, .deactivateConfigurationChannel:
            return checkConfiguration(action, channel)
        case .activateBoundaryInput, .activateBoundaryOutput, .activateInterContextInput,
            .activateInterContextOutput, .activateDDRInput, .activateDDROutput, .activateCacheInput,
            .activateCacheOutput:
            return activate(action, channel)
        case .fetchData:
            return checkFetch(action, channel)
        case .openBoundaryInput:
            let frame = action[.frameSize] ?? 0
            let bytes = action[.peripheryBytesPerBuffer] ?? 0
            guard frame == action[.bytesInPattern], bytes > 0, frame % bytes == 0 else { return .contextCredits }
        case .deactivateChannel where type == .dynamic:
            guard activated[channel] != nil else { return .channelIndex }
        case .waitForOutputTransfer, .waitForDMAIdle:
            guard let edge = activated[channel], edge.stream == action[.stream] else { return .edgeLayer }
        case .mapChannelToStream:
            return checkMapping(action, channel)
        case .changeBoundaryInputBatch, .pauseChannel, .resumeChannel:
            guard opened.contains(channel) else { return .channelIndex }
        case .addDDRPair, .startDDRBuffering, .resetDDRBuffering:
            return checkDDR(action)
        case .triggerSequencer:
            guard (action[.cluster] ?? 0) < ContextCheck.maximumClusters else { return .clusterIndex }
        case .enableNms:
            guard action[.classes] != 0 else { return .nmsClasses }
            guard action[.burstSize] != 0 else { return .nmsBurst }
            guard action[.divisionFactor] != 0 else { return .nmsArgument }
        case .writeByType:
            guard (action[.dataType] ?? 0) <= 1 else { return .writeType }
        default:
            break
        }
        return .success
    }

    private mutating func activate(_ action: ContextAction, _ channel: UInt64) -> FirmwareStatus {
        let stream = action[.stream] ?? 0
        guard stream < ContextCheck.maximumStreams else { return .streamIndex }
        guard !hasData else { return .edgeAlreadySet }
        guard activated[channel] == nil else { return .channelUsedTwice }
        let isOutput = way(of: action.kind) == .output
        guard activatedStreams.insert(stream << 1 | (isOutput ? 1 : 0)).inserted else { return .streamUsedTwice }
        switch action.kind {
        case .activateBoundaryInput, .activateBoundaryOutput:
            guard type != .batchSwitching else { return .actionOfOtherContext }
            guard opened.contains(channel) else { return .channelIndex }
            let open = activation.first { $0[.channel] == channel }
            guard open?[.listAddress] == action[.listAddress], open?[.bytesInPattern] == action[.bytesInPattern] else {
                return .edgeConnection
            }
        case .activateInterContextInput, .activateInterContextOutput:
            guard header.dynamicContexts > 1 else { return .edgeConnection }
        case .activateDDRInput:
            let connected = action[.connectedChannel] ?? 0
            guard (16..<32).contains(connected) else { return .engineOrOutputChannel }
            guard activated[connected]?.kind == .activateDDROutput else { return .edgeLayer }
        default:
            break
        }
        activated[channel] = Activated(stream: stream, kind: action.kind)
        return .success
    }

    private mutating func checkFetch(_ action: ContextAction, _ channel: UInt64) -> FirmwareStatus {
        guard let edge = activated[channel] else { return .edgeLayer }
        guard edge.stream == action[.stream] else { return .streamIndex }
        guard let type = action[.creditType], (1...2).contains(type) else { return .creditType }
        let countsDescriptors = edge.kind == .activateInterContextInput || edge.kind == .activateCacheInput
        guard type == 1 || countsDescriptors else { return .edgeCreditType }
        guard action[.frameSize] != 0 else { return .creditSize }
        hasData = true
        return .success
    }

    private func checkMapping(_ action: ContextAction, _ channel: UInt64) -> FirmwareStatus {
        guard opened.contains(channel) else { return .channelIndex }
        guard action[.isDummy] == 0 else {
            let isParked = activated.contains { $0.value.stream == action[.stream] && ($0.key < 16) != (channel < 16) }
            return isParked ? .success : .dummyStream
        }
        return activated[channel]?.stream == action[.stream] ? .success : .edgeLayer
    }

    /// Newer firmware was told the channel of each stream. Older firmware takes any, one for each.
    private func isConfigured(_ channel: UInt64, for stream: UInt64) -> Bool {
        switch firmware.generation {
        case .first:
            channel < 16 && !configuration.contains { $0.value.stream == stream }
        case .second:
            stream < UInt64(header.configurationChannels.count)
                && UInt64(header.configurationChannels[Int(stream)]) == channel
        }
    }

    private mutating func checkConfiguration(_ action: ContextAction, _ channel: UInt64) -> FirmwareStatus {
        switch action.kind {
        case .activateConfigurationChannel:
            let stream = action[.configurationStream] ?? 0
            guard isConfigured(channel, for: stream) else { return .configurationStream }
            guard configuration[channel] == nil else { return .channelNotIdle }
            configuration[channel] = (stream, 0, action[.descriptorCount] ?? 0)
            return .success
        case .fetchConfiguration:
            guard let state = configuration[channel] else { return .fetchWhileStopped }
            guard let count = action[.fetchedDescriptors], count > 0 else { return .descriptorMismatch }
            guard state.fetched + count <= state.limit else { return .descriptorsExceeded }
            configuration[channel]?.fetched += count
            return .success
        default:
            guard let state = configuration.removeValue(forKey: channel) else { return .channelIndex }
            return state.stream == action[.configurationStream] ? .success : .configurationStream
        }
    }

    private mutating func checkDDR(_ action: ContextAction) -> FirmwareStatus {
        switch action.kind {
        case .addDDRPair:
            guard !runsDDR else { return .ddrPairTooLate }
            guard let input = action[.hostToDeviceChannel], let output = action[.deviceToHostChannel],
                activated[input] != nil, activated[output] != nil
            else { return .edgeLayer }
            guard action[.descriptorsPerFrame] != 0 else { return .ddrOverflow }
            ddrPairs += 1
        case .startDDRBuffering:
            guard ddrPairs > 0 else { return .noDDRPair }
            runsDDR = true
        default:
            runsDDR = false
        }
        return .success
    }
}
