internal import HailoBase
internal import HailoFormats
internal import HailoFirmware
internal import HailoHEF

/// An action of a context before channels and lists are known.
enum ActionDraft {
    /// Does nothing but end a run of equal actions.
    case none
    case ready(ContextAction)
    /// A run of configuration data for one configuration stream.
    case configuration(stream: UInt8, pieces: Series<MemoryPlan.Piece>)
    case allowInput(stream: UInt8)
    case waitForOutput(stream: UInt8)
    case waitForIdle(stream: UInt8)

    var isAllowInput: Bool { if case .allowInput = self { true } else { false } }

    /// The operations of a context as actions, triggers first.
    static func drafts(_ operations: Series<Operation>, containerVersion: UInt32) -> Series<ActionDraft> {
        var drafts: Series<ActionDraft> = []
        for operation in operations {
            drafts.append(draft(operation.trigger))
            var run = ConfigurationRun()
            for action in operation.actions {
                if case .writeConfiguration(let stream, let offset, let size) = action {
                    run.append(stream, MemoryPlan.Piece(offset: Int(clamping: offset), size: Int(clamping: size)))
                    continue
                }
                drafts.append(contentsOf: run.end(containerVersion: containerVersion))
                drafts.append(draft(action))
            }
            drafts.append(contentsOf: run.end(containerVersion: containerVersion))
        }
        return drafts
    }

    /// Configuration data of consecutive actions goes to the chip as one burst for each stream.
    private struct ConfigurationRun {
        private var bursts: [(stream: UInt8, pieces: Series<MemoryPlan.Piece>)] = []

        mutating func append(_ stream: UInt8, _ piece: MemoryPlan.Piece) {
            if let index = bursts.firstIndex(where: { $0.stream == stream }) {
                bursts[index].pieces.append(piece)
            } else {
                bursts.append((stream, [piece]))
            }
        }

        /// The order of the streams is that of the vendor's containers: sorted in version 0, later the last one first.
        mutating func end(containerVersion: UInt32) -> [ActionDraft] {
            let ordered = containerVersion == 0 ? bursts.ordered { $0.stream < $1.stream } : bursts.reversed()
            bursts = []
            return ordered.map { .configuration(stream: $0.stream, pieces: $0.pieces) }
        }
    }

    private static func draft(_ trigger: Trigger) -> ActionDraft {
        switch trigger {
        case .none: .none
        case .lcu(let cluster, let unit): .ready(.waitForLcu(lcu(cluster, unit)))
        case .outputTransferDone(let stream): .waitForOutput(stream: stream)
        case .dmaIdle(let stream): .waitForIdle(stream: stream)
        case .nmsIdle(let nms):
            .ready(
                .waitForNms([
                    nms.aggregator, nms.predecessorBuffer, nms.predecessorCluster, nms.predecessorInterface,
                    nms.successorBuffer, nms.successorInterface,
                ]))
        }
    }

    static func draft(_ action: Action) -> ActionDraft {
        switch action {
        case .none, .writeConfiguration:
            return .none
        case .enableLcu(let cluster, let unit, let network, let address, let count):
            // Address and count that most units use have an action of their own.
            if address == defaultKernelDoneAddress, count == defaultKernelDoneCount {
                return .ready(.enableLcuDefault(lcu(cluster, unit), network: network))
            }
            return .ready(
                .enableLcu(lcu(cluster, unit), network: network, kernelDoneAddress: address, kernelDoneCount: count))
        case .disableLcu(let cluster, let unit):
            return .ready(.disableLcu(lcu(cluster, unit)))
        case .switchLcuBatch(let cluster, let unit, let network):
            return .ready(.switchLcuBatch(lcu(cluster, unit), network: network, kernelDoneCount: 0))
        case .enableSequencer(let sequencer):
            return .ready(
                .triggerSequencer(
                    cluster: sequencer.cluster, initialL3Cut: sequencer.initialL3Cut,
                    initialL3Offset: sequencer.initialL3Offset, activeApus: sequencer.activeApus,
                    activeInputAligners: sequencer.activeInputAligners,
                    activeSubclusters: sequencer.activeSubclusters, activeL2: sequencer.activeL2,
                    l2Offset0: sequencer.l2Offset0, l2Offset1: sequencer.l2Offset1))
        case .waitForSequencer(let cluster):
            return .ready(.waitForSequencer(cluster))
        case .allowInput(let stream):
            return .allowInput(stream: stream)
        case .waitForModule(let index):
            return .ready(.waitForModule(index))
        case .enableNms(let unit, let network, let classes, let burstSize, let divisionFactor):
            return .ready(
                .enableNms(
                    unit: unit, network: network, classes: classes, burstSize: burstSize,
                    divisionFactor: divisionFactor))
        case .writeByType(let write):
            return .ready(
                .writeByType(
                    address: write.address, dataType: write.source.rawValue, data: write.data, shift: write.shift,
                    mask: write.mask, network: write.network))
        case .sleep(let microseconds):
            return .ready(.sleep(microseconds: microseconds))
        case .halt:
            return .ready(ContextAction(.halt))
        }
    }

    private static let defaultKernelDoneAddress: UInt16 = 1
    static let defaultKernelDoneCount: UInt32 = 2

    /// Unit and cluster in one byte.
    private static func lcu(_ cluster: UInt8, _ unit: UInt8) -> UInt8 { unit | cluster << 4 }
}
