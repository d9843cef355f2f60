/// The kinds of context-switch actions, by their numbers on the wire.
package enum ActionKind: UInt8, CaseIterable, Sendable {
    case fetchConfiguration = 0
    case triggerSequencer
    case fetchData
    case enableLcuDefault
    case enableLcu
    case disableLcu
    case activateBoundaryInput
    case activateBoundaryOutput
    case activateInterContextInput
    case activateInterContextOutput
    case activateDDRInput
    case activateDDROutput
    case deactivateChannel
    case mapChannelToStream
    case addDDRPair
    case startDDRBuffering
    case waitForLcu
    case waitForSequencer
    case waitForInputTransfer
    case waitForOutputTransfer
    case waitForModule
    case changeApplication
    case activateConfigurationChannel
    case deactivateConfigurationChannel
    case repeated
    case waitForDMAIdle
    case waitForNms
    case fetchBursts
    case validateChannel
    case startBurstCredits
    case resetBurstCredits
    case resetDDRBuffering
    case openBoundaryInput
    case openBoundaryOutput
    case enableNms
    case writeByType
    case switchLcuBatch
    case changeBoundaryInputBatch
    case pauseChannel
    case resumeChannel
    case activateCacheInput
    case activateCacheOutput
    case waitForCacheUpdate
    case sleep
    case halt

    /// The firmware's own name of the kind.
    package var name: String { "\(ActionKind.table[Int(rawValue)].name)" }

    /// All parameters that it has for any firmware. Those of newer firmware come in the order in which they travel.
    package var fields: [ActionField] { ActionKind.table[Int(rawValue)].fields }

    /// The parameters that firmware takes, in the order in which they travel.
    package func fields(for firmware: FirmwareInterface) -> [ActionField] {
        guard switchesStreamOn else { return fields }
        switch firmware.generation {
        case .second:
            return fields.filter { $0 != .peripheryByHost }
        case .first:
            return self == .activateCacheOutput
                ? [.channel, .stream, .network] + ActionKind.registers + ActionKind.hostBuffer : fields
        }
    }

    /// Whether it has the registers of a stream, of which newer firmware has one less.
    private var switchesStreamOn: Bool {
        switch self {
        case .activateBoundaryInput, .activateBoundaryOutput, .activateInterContextInput, .activateInterContextOutput,
            .activateDDRInput, .activateDDROutput, .activateCacheInput, .activateCacheOutput:
            true
        default: false
        }
    }

    /// Whether several in a row travel as one repeated action.
    package var isRepeatable: Bool {
        switch self {
        case .fetchConfiguration, .triggerSequencer, .fetchData, .enableLcuDefault, .enableLcu, .disableLcu,
            .mapChannelToStream, .addDDRPair, .enableNms, .switchLcuBatch:
            true
        default: false
        }
    }

    private static let registers: [ActionField] = [
        .coreBytesPerBuffer, .coreBuffersPerFrame, .peripheryBytesPerBuffer, .peripheryBuffersPerFrame,
        .featurePadding, .bufferPaddingPayload, .bufferPadding, .peripheryByHost, .paddingInDataflow,
    ]
    private static let hostBuffer: [ActionField] = [
        .bufferType, .listAddress, .pageSize, .descriptorCount, .bytesInPattern,
    ]
    private static let transfer: [ActionField] = [.channel, .stream, .network, .isInterContext, .hostBufferType]
    private static let channelState: [ActionField] = [
        .channel, .direction, .checkHostEmpty, .hostBufferType, .initialCredit,
    ]

    /// In the order of the cases.
    private static let table: [(name: StaticString, fields: [ActionField])] = [
        ("FETCH_CFG_CHANNEL_DESCRIPTORS", [.fetchedDescriptors, .channel]),
        (
            "TRIGGER_SEQUENCER",
            [
                .cluster, .initialL3Cut, .initialL3Offset, .activeApus, .activeInputAligners, .activeSubclusters,
                .activeL2, .l2Offset0, .l2Offset1,
            ]
        ),
        (
            "FETCH_DATA_FROM_VDMA_CHANNEL",
            [.channel, .stream, .network, .frameSize, .creditType, .hostBufferType]
        ),
        ("ENABLE_LCU_DEFAULT", [.lcu, .network]),
        ("ENABLE_LCU_NON_DEFAULT", [.lcu, .network, .kernelDoneAddress, .kernelDoneCount]),
        ("DISABLE_LCU", [.lcu]),
        ("ACTIVATE_BOUNDARY_INPUT", [.channel, .stream] + registers + hostBuffer + [.initialCredit]),
        ("ACTIVATE_BOUNDARY_OUTPUT", [.channel, .stream, .network] + registers + hostBuffer),
        (
            "ACTIVATE_INTER_CONTEXT_INPUT",
            [.channel, .stream, .network] + registers + hostBuffer + [.initialCredit]
        ),
        ("ACTIVATE_INTER_CONTEXT_OUTPUT", [.channel, .stream, .network] + registers + hostBuffer),
        (
            "ACTIVATE_DDR_BUFFER_INPUT",
            [.channel, .stream] + registers + hostBuffer + [.initialCredit, .connectedChannel]
        ),
        ("ACTIVATE_DDR_BUFFER_OUTPUT", [.channel, .stream] + registers + hostBuffer + [.bufferedRows]),
        ("DEACTIVATE_VDMA_CHANNEL", channelState),
        ("CHANGE_VDMA_TO_STREAM_MAPPING", [.channel, .stream, .isDummy]),
        (
            "ADD_DDR_PAIR_INFO",
            [.hostToDeviceChannel, .deviceToHostChannel, .network, .descriptorsPerFrame, .programmedDescriptors]
        ),
        ("DDR_BUFFERING_START", []),
        ("LCU_INTERRUPT", [.lcu]),
        ("SEQUENCER_DONE_INTERRUPT", [.sequencer]),
        ("INPUT_CHANNEL_TRANSFER_DONE_INTERRUPT", transfer),
        ("OUTPUT_CHANNEL_TRANSFER_DONE_INTERRUPT", transfer),
        ("MODULE_CONFIG_DONE_INTERRUPT", [.module]),
        ("APPLICATION_CHANGE_INTERRUPT", []),
        ("ACTIVATE_CFG_CHANNEL", [.channel, .configurationStream] + hostBuffer),
        ("DEACTIVATE_CFG_CHANNEL", [.channel, .configurationStream]),
        ("REPEATED_ACTION", [.repetitions, .lastExecuted, .repeatedKind]),
        ("WAIT_FOR_DMA_IDLE", [.channel, .stream, .isInterContext, .hostBufferType]),
        (
            "WAIT_FOR_NMS",
            [
                .aggregator, .predecessorBuffer, .predecessorCluster, .predecessorInterface, .successorBuffer,
                .successorInterface,
            ]
        ),
        ("FETCH_CCW_BURSTS", [.bursts, .configurationStream]),
        ("VALIDATE_VDMA_CHANNEL", channelState),
        ("BURST_CREDITS_TASK_START", []),
        ("BURST_CREDITS_TASK_RESET", []),
        ("DDR_BUFFERING_RESET", []),
        (
            "OPEN_BOUNDARY_INPUT_CHANNEL",
            [.channel] + hostBuffer + [.stream, .network, .peripheryBytesPerBuffer, .frameSize]
        ),
        ("OPEN_BOUNDARY_OUTPUT_CHANNEL", [.channel] + hostBuffer),
        ("ENABLE_NMS", [.nmsUnit, .network, .classes, .burstSize, .divisionFactor]),
        ("WRITE_DATA_BY_TYPE", [.address, .dataType, .data, .shift, .mask, .network]),
        ("SWITCH_LCU_BATCH", [.lcu, .network, .kernelDoneCount]),
        ("CHANGE_BOUNDARY_INPUT_BATCH", [.channel]),
        ("PAUSE_VDMA_CHANNEL", [.channel, .direction]),
        ("RESUME_VDMA_CHANNEL", [.channel, .direction]),
        ("ACTIVATE_CACHE_INPUT", [.channel, .stream, .network] + registers + hostBuffer + [.initialCredit]),
        ("ACTIVATE_CACHE_OUTPUT", registers + hostBuffer + [.batchSize, .channel, .stream, .network]),
        ("WAIT_FOR_CACHE_UPDATED", []),
        ("SLEEP", [.microseconds]),
        ("HALT", []),
    ]
}
