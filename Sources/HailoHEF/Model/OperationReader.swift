internal import HailoBase
internal import HailoFormats

/// Turns operation messages into operations, checking what the vendor's library checks, in its order.
struct OperationReader {
    let features: Features
    let containerVersion: UInt32
    let zeroPoint: UInt64
    /// The protobuf part, and where it begins in the file.
    let message: UnsafeRawBufferPointer
    let messageStart: Int

    /// Set when a write of the batch size is met: such contexts cannot switch the batch size quickly.
    private(set) var writesBatchSize = false

    init(features: Features, container: Container, message: UnsafeRawBufferPointer) {
        self.features = features
        self.message = message
        containerVersion = container.version
        zeroPoint = container.zeroPoint
        messageStart = container.message.lowerBound
    }

    mutating func read(_ messages: Series<OperationMessage>, at place: Place) throws(HailoError) -> Series<Operation> {
        var operations: Series<Operation> = []
        var place = place
        for (index, message) in messages.enumerated() {
            place.operation = index
            place.action = nil
            let trigger = try OperationReader.trigger(message.trigger, at: place)
            operations.append(Operation(trigger: trigger, actions: try actions(message.actions, at: place)))
            if features.sharedConfiguration, containerVersion != 0, containerVersion != 3 {
                throw place.error(
                    .hefUnsupported,
                    "shared configuration needs a file of header version 3, this one has version \(containerVersion)")
            }
        }
        return operations
    }

    private static func trigger(_ message: TriggerMessage, at place: Place) throws(HailoError) -> Trigger {
        switch message.kind {
        case .none:
            return .none
        case .lcu(let lcu):
            return .lcu(
                cluster: try place.narrow(lcu.cluster, UInt8.self, "trigger_lcu.cluster_index"),
                unit: try place.narrow(lcu.unit, UInt8.self, "trigger_lcu.lcu_index"))
        case .allDataSent(let stream):
            return .outputTransferDone(
                stream: try place.narrow(stream.stream, UInt8.self, "trigger_all_data_was_sent.shmifo_index"))
        case .dmaIdle(let stream):
            return .dmaIdle(stream: try place.narrow(stream.stream, UInt8.self, "trigger_dma_idle.shmifo_index"))
        case .nms(let nms):
            return .nmsIdle(
                Trigger.NmsIdle(
                    aggregator: try place.narrow(nms.aggregator, UInt8.self, "trigger_nms.aggregator_index"),
                    predecessorBuffer: try place.narrow(
                        nms.predecessorBuffer, UInt8.self, "trigger_nms.pred_cluster_ob_index"),
                    predecessorCluster: try place.narrow(
                        nms.predecessorCluster, UInt8.self, "trigger_nms.pred_cluster_ob_cluster_index"),
                    predecessorInterface: try place.narrow(
                        nms.predecessorInterface, UInt8.self, "trigger_nms.pred_cluster_ob_interface"),
                    successorBuffer: try place.narrow(
                        nms.successorBuffer, UInt8.self, "trigger_nms.succ_prepost_ob_index"),
                    successorInterface: try place.narrow(
                        nms.successorInterface, UInt8.self, "trigger_nms.succ_prepost_ob_interface")))
        case .allDataReceived:
            throw place.error(
                .notImplemented, "it waits for all data from the host, which no chip of this family supports")
        case .unset:
            throw place.error(.hefInvalid, "it has no trigger")
        }
    }

    // MARK: Actions

    private mutating func actions(
        _ messages: Series<ActionMessage>, at place: Place
    ) throws(HailoError) -> Series<Action> {
        var actions: Series<Action> = []
        var place = place
        var run = ConfigurationRun()
        for (index, message) in messages.enumerated() {
            place.action = index
            switch message.kind {
            case .writeCcw, .writeCcwPointer:
                let write = try configuration(message.kind, at: place)
                try run.add(write, at: place)
                actions.append(write)
            default:
                run = ConfigurationRun()
                actions.append(try action(message.kind, at: place))
            }
        }
        return actions
    }

    /// Consecutive writes of configuration data, which become one action for each channel.
    private struct ConfigurationRun {
        /// How many there are for each channel; empty before the first.
        private var pieces: [UInt16] = []

        mutating func add(_ write: Action, at place: Place) throws(HailoError) {
            guard case .writeConfiguration(let channel, _, _) = write else { return }
            if pieces.isEmpty { pieces = [UInt16](repeating: 0, count: Int(UInt8.max) + 1) }
            guard pieces[Int(channel)] < UInt16.max else {
                throw place.error(.hefInvalid, "more than \(UInt16.max) pieces of configuration data follow each other")
            }
            pieces[Int(channel)] += 1
        }
    }

    private func configuration(_ kind: ActionMessage.Kind, at place: Place) throws(HailoError) -> Action {
        switch kind {
        case .writeCcw(let write):
            guard containerVersion == 0 else {
                throw place.error(
                    .hefInvalid,
                    "configuration data lies in the message; files of header version \(containerVersion) keep it apart")
            }
            return .writeConfiguration(
                channel: try place.narrow(write.channel, UInt8.self, "cfg_channel_index"),
                offset: UInt64(messageStart + write.data.offset), size: UInt64(write.data.count))
        case .writeCcwPointer(let write):
            guard containerVersion != 0 else {
                throw place.error(
                    .hefInvalid, "it points to configuration data, which files of header version 0 keep in the message")
            }
            return .writeConfiguration(
                channel: try place.narrow(write.channel, UInt8.self, "cfg_channel_index"),
                offset: write.offset &+ zeroPoint, size: UInt64(write.size))
        default:
            return .none
        }
    }

    /// Without several networks in a file the number is not looked at; with them its low byte counts.
    private func network(_ index: UInt32) -> UInt8 {
        features.multipleNetworks ? UInt8(truncatingIfNeeded: index) : 0
    }

    private mutating func action(_ kind: ActionMessage.Kind, at place: Place) throws(HailoError) -> Action {
        switch kind {
        case .none:
            return .none
        case .disableLcu(let lcu):
            let cluster = try place.narrow(lcu.cluster, UInt8.self, "disable_lcu.cluster_index")
            return .disableLcu(cluster: cluster, unit: try place.narrow(lcu.unit, UInt8.self, "disable_lcu.lcu_index"))
        case .enableLcu(let lcu):
            let cluster = try place.narrow(lcu.cluster, UInt8.self, "enable_lcu.cluster_index")
            let unit = try place.narrow(lcu.unit, UInt8.self, "enable_lcu.lcu_index")
            return .enableLcu(
                cluster: cluster, unit: unit, network: network(lcu.network),
                kernelDoneAddress: try place.narrow(
                    lcu.kernelDoneAddress, UInt16.self, "enable_lcu.lcu_kernel_done_address"),
                kernelDoneCount: lcu.kernelDoneCount)
        case .switchLcuBatch(let lcu):
            let cluster = try place.narrow(lcu.cluster, UInt8.self, "switch_lcu_batch.cluster_index")
            let unit = try place.narrow(lcu.unit, UInt8.self, "switch_lcu_batch.lcu_index")
            return .switchLcuBatch(cluster: cluster, unit: unit, network: network(lcu.network))
        case .enableSequencer(let sequencer):
            return .enableSequencer(try OperationReader.sequencer(sequencer, at: place))
        case .waitForSequencer(let wait):
            return .waitForSequencer(
                cluster: try place.narrow(wait.index, UInt8.self, "wait_for_sequencer.cluster_index"))
        case .allowInput(let allow):
            return .allowInput(stream: try place.narrow(allow.index, UInt8.self, "allow_input_dataflow.sys_index"))
        case .waitForModule(let wait):
            return .waitForModule(index: try place.narrow(wait.index, UInt8.self, "wait_for_module_config_done.index"))
        case .enableNms(let nms):
            return try enableNms(nms, at: place)
        case .writeByType(let write):
            return .writeByType(try writeByType(write, at: place))
        case .debug(let debug):
            return try OperationReader.debug(debug, at: place)
        case .unset:
            throw place.error(.unexpectedValue, "it is of a kind that this library does not know")
        case .writeData, .writeCompressedData, .writeCcw, .writeCcwPointer:
            throw place.error(.unexpectedValue, "actions of this kind do not apply to chips on PCIe")
        }
    }

    private static func sequencer(
        _ message: EnableSequencerMessage, at place: Place
    ) throws(HailoError) -> Action.Sequencer {
        let cluster = try place.narrow(message.cluster, UInt8.self, "enable_sequencer.cluster_index")
        let cut: UInt8
        let offset: UInt16
        if message.initialL3.isPresent {
            cut = try place.narrow(message.initialL3.index, UInt8.self, "enable_sequencer.initial_l3_index")
            offset = try place.narrow(message.initialL3.offset, UInt16.self, "enable_sequencer.initial_l3_offset")
        } else {
            // Older compilers packed both into one word: seven bits of cut, twelve of offset in units of eight.
            cut = UInt8(message.legacyInitialL3 & 0x7f)
            offset = UInt16(truncatingIfNeeded: ((message.legacyInitialL3 & 0x7ff80) >> 7) << 3)
        }
        return Action.Sequencer(
            cluster: cluster, initialL3Cut: cut, initialL3Offset: offset, activeApus: message.activeApus,
            activeInputAligners: message.activeInputAligners, activeSubclusters: message.activeSubclusters,
            activeL2: message.activeL2, l2Offset0: UInt64(message.l2Writes.0) | UInt64(message.l2Writes.1) << 32,
            l2Offset1: UInt64(message.l2Writes.2) | UInt64(message.l2Writes.3) << 32)
    }

    private func enableNms(_ message: EnableNmsMessage, at place: Place) throws(HailoError) -> Action {
        let unit = try place.narrow(message.unit, UInt8.self, "enable_nms.nms_unit_index")
        let network = try place.narrow(message.network, UInt8.self, "enable_nms.network_index")
        guard message.classes != 0, message.burstSize != 0 else {
            throw place.error(
                .hefInvalid,
                "enable_nms has number_of_classes \(message.classes) and burst_size \(message.burstSize); neither may be 0"
            )
        }
        let division = try place.narrow(message.divisionFactor, UInt8.self, "enable_nms.division_factor")
        return .enableNms(
            unit: unit, network: features.multipleNetworks ? network : 0,
            classes: UInt16(truncatingIfNeeded: message.classes),
            burstSize: UInt16(truncatingIfNeeded: message.burstSize), divisionFactor: max(division, 1))
    }

    private mutating func writeByType(
        _ message: WriteByTypeMessage, at place: Place
    ) throws(HailoError) -> Action.WriteByType {
        let address = try place.narrow(message.address, UInt32.self, "write_data_by_type.address")
        guard address % 4 == 0 else {
            throw place.error(
                .hefInvalid, "write_data_by_type.address is \(address.hexadecimal), which is not a multiple of 4")
        }
        guard let type = UInt8(exactly: message.type), let source = Action.WriteByType.Source(rawValue: type) else {
            throw place.error(.hefInvalid, "write_data_by_type.data_type is \(message.type); it takes 0 or 1")
        }
        guard message.data.count <= 4 else {
            throw place.error(
                .hefInvalid, "write_data_by_type.data has \(message.data.count) bytes; it takes at most 4")
        }
        let shift = try place.narrow(message.shift, UInt8.self, "write_data_by_type.shift")
        if source == .batchSize { writesBatchSize = true }
        return Action.WriteByType(
            address: address, source: source, data: smallData(message.data), mask: message.mask,
            network: network(message.network), shift: shift)
    }

    private func smallData(_ data: WireBytes) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<min(data.count, 4) {
            value |= UInt32(message[data.offset + index]) << UInt32(8 * index)
        }
        return value
    }

    private static func debug(_ message: DebugMessage, at place: Place) throws(HailoError) -> Action {
        switch message.kind {
        case .sleep(let sleep):
            guard sleep.microseconds >= 1000 else {
                throw place.error(
                    .hefInvalid,
                    "it sleeps for \(counted(sleep.microseconds, "microsecond")); the shortest sleep is 1000")
            }
            return .sleep(microseconds: UInt32(clamping: sleep.microseconds))
        case .halt:
            return .halt
        case .unset:
            throw place.error(.hefInvalid, "a debug action is neither sleep nor halt")
        }
    }
}
