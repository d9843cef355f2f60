package import HailoBase
internal import HailoFormats

/// What is loaded into the chip for one network group and one layout of clusters.
package struct CoreOp: Sendable {
    package let name: Name
    package let preliminary: Series<Operation>
    package let contexts: [Context]
    /// The DMA engine of each configuration channel.
    package let configurationEngines: [UInt8]
    /// Whether switching the batch size needs no more than the first contexts' counters.
    package let canFastBatchSwitch: Bool
    package let bottleneckFPS: Double

    package var boundaryInputs: [Layer] { contexts.flatMap { $0.inputs(.boundary) } }
    package var boundaryOutputs: [Layer] { contexts.flatMap { $0.outputs(.boundary) } }
}

/// A part of a network that fits into the chip at once.
package struct Context: Sendable {
    package let operations: Series<Operation>
    /// In the order of the file.
    package let layers: [Layer]

    /// Selects layers by what stands at their other end.
    package enum Selection: Sendable {
        case boundary, interContext, ddr, cache
    }

    package func inputs(_ selection: Selection) -> [Layer] { select(selection, .input) }
    package func outputs(_ selection: Selection) -> [Layer] { select(selection, .output) }

    private func select(_ selection: Selection, _ direction: Direction) -> [Layer] {
        layers.filter { layer in
            guard layer.direction == direction else { return false }
            switch (layer.connection, selection) {
            case (.boundary, .boundary), (.interContext, .interContext), (.ddr, .ddr), (.cache, .cache): return true
            default: return false
            }
        }
    }
}

/// A trigger and what happens when it fires.
package struct Operation: Sendable {
    package let trigger: Trigger
    package let actions: Series<Action>
}

package enum Trigger: Equatable, Sendable {
    case none
    case lcu(cluster: UInt8, unit: UInt8)
    case outputTransferDone(stream: UInt8)
    case dmaIdle(stream: UInt8)
    case nmsIdle(NmsIdle)

    package struct NmsIdle: Equatable, Sendable {
        package let aggregator, predecessorBuffer, predecessorCluster, predecessorInterface: UInt8
        package let successorBuffer, successorInterface: UInt8
    }
}

package enum Action: Equatable, Sendable {
    case none
    /// One piece of configuration data. Its bytes stay in the file.
    case writeConfiguration(channel: UInt8, offset: UInt64, size: UInt64)
    case enableLcu(cluster: UInt8, unit: UInt8, network: UInt8, kernelDoneAddress: UInt16, kernelDoneCount: UInt32)
    case disableLcu(cluster: UInt8, unit: UInt8)
    case switchLcuBatch(cluster: UInt8, unit: UInt8, network: UInt8)
    case enableSequencer(Sequencer)
    case waitForSequencer(cluster: UInt8)
    case allowInput(stream: UInt8)
    case waitForModule(index: UInt8)
    case enableNms(unit: UInt8, network: UInt8, classes: UInt16, burstSize: UInt16, divisionFactor: UInt8)
    case writeByType(WriteByType)
    case sleep(microseconds: UInt32)
    case halt

    package struct Sequencer: Equatable, Sendable {
        package let cluster, initialL3Cut: UInt8
        package let initialL3Offset: UInt16
        package let activeApus, activeInputAligners: UInt32
        package let activeSubclusters, activeL2, l2Offset0, l2Offset1: UInt64
    }

    package struct WriteByType: Equatable, Sendable {
        package enum Source: UInt8, Sendable {
            case action = 0
            case batchSize = 1
        }
        package let address: UInt32
        package let source: Source
        package let data: UInt32
        package let mask: UInt32
        package let network, shift: UInt8
    }

    package var name: String {
        switch self {
        case .none: "none"
        case .writeConfiguration: "write configuration"
        case .enableLcu: "enable LCU"
        case .disableLcu: "disable LCU"
        case .switchLcuBatch: "switch LCU batch"
        case .enableSequencer: "enable sequencer"
        case .waitForSequencer: "wait for sequencer"
        case .allowInput: "allow input"
        case .waitForModule: "wait for module"
        case .enableNms: "enable NMS"
        case .writeByType: "write by type"
        case .sleep: "sleep"
        case .halt: "halt"
        }
    }
}
