package import HailoBase
internal import HailoFormats

/// A trigger and what happens when it fires.
package struct OperationMessage: WireMessage, Sendable {
    package var trigger = TriggerMessage()
    package var actions: Series<ActionMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &trigger)
        _ = visitor.field(2, &actions)
    }
}

// MARK: Triggers

package struct TriggerMessage: WireMessage, Sendable {
    package enum Kind: Sendable {
        case unset
        case lcu(ClusterUnitMessage)
        case none(EmptyMessage)
        case allDataSent(StreamMessage)
        case allDataReceived(StreamMessage)
        case nms(NmsTriggerMessage)
        case dmaIdle(StreamMessage)
    }
    package var kind = Kind.unset

    package init() {}
    package init(_ kind: Kind) { self.kind = kind }

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.member(2, { if case .lcu(let value) = kind { value } else { nil } }) { kind = .lcu($0) }
        _ = visitor.member(3, { if case .none(let value) = kind { value } else { nil } }) { kind = .none($0) }
        _ = visitor.member(4, { if case .allDataSent(let value) = kind { value } else { nil } }) {
            kind = .allDataSent($0)
        }
        _ = visitor.member(5, { if case .allDataReceived(let value) = kind { value } else { nil } }) {
            kind = .allDataReceived($0)
        }
        _ = visitor.member(6, { if case .nms(let value) = kind { value } else { nil } }) { kind = .nms($0) }
        _ = visitor.member(7, { if case .dmaIdle(let value) = kind { value } else { nil } }) { kind = .dmaIdle($0) }
    }
}

/// A layer control unit, by cluster and number. The trigger of it has the fields the other way round.
package struct ClusterUnitMessage: WireMessage, Sendable {
    package var cluster: UInt32 = 0
    package var unit: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &cluster)
        _ = visitor.field(2, &unit)
    }
}

package struct StreamMessage: WireMessage, Sendable {
    package var stream: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &stream)
    }
}

package struct NmsTriggerMessage: WireMessage, Sendable {
    package var aggregator: UInt32 = 0
    package var predecessorBuffer: UInt32 = 0
    package var predecessorCluster: UInt32 = 0
    package var predecessorInterface: UInt32 = 0
    package var successorBuffer: UInt32 = 0
    package var successorInterface: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &aggregator)
        _ = visitor.field(2, &predecessorBuffer)
        _ = visitor.field(3, &predecessorCluster)
        _ = visitor.field(4, &predecessorInterface)
        _ = visitor.field(5, &successorBuffer)
        _ = visitor.field(6, &successorInterface)
    }
}

// MARK: Actions

package struct ActionMessage: WireMessage, Sendable {
    package enum Kind: Sendable {
        case unset
        case writeData(EmptyMessage)
        case writeCompressedData(EmptyMessage)
        case writeCcw(WriteCcwMessage)
        case writeCcwPointer(WriteCcwPointerMessage)
        case enableSequencer(EnableSequencerMessage)
        case waitForSequencer(IndexMessage)
        case disableLcu(LcuMessage)
        case enableLcu(LcuMessage)
        case switchLcuBatch(LcuMessage)
        case none(EmptyMessage)
        case allowInput(IndexMessage)
        case waitForModule(IndexMessage)
        case debug(DebugMessage)
        case enableNms(EnableNmsMessage)
        case writeByType(WriteByTypeMessage)
    }
    package var kind = Kind.unset

    package init() {}
    package init(_ kind: Kind) { self.kind = kind }

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.member(2, { if case .writeData(let value) = kind { value } else { nil } }) {
            kind = .writeData($0)
        }
        _ = visitor.member(3, { if case .writeCcw(let value) = kind { value } else { nil } }) { kind = .writeCcw($0) }
        _ = visitor.member(4, { if case .writeCompressedData(let value) = kind { value } else { nil } }) {
            kind = .writeCompressedData($0)
        }
        _ = visitor.member(5, { if case .enableSequencer(let value) = kind { value } else { nil } }) {
            kind = .enableSequencer($0)
        }
        _ = visitor.member(6, { if case .waitForSequencer(let value) = kind { value } else { nil } }) {
            kind = .waitForSequencer($0)
        }
        _ = visitor.member(7, { if case .disableLcu(let value) = kind { value } else { nil } }) {
            kind = .disableLcu($0)
        }
        _ = visitor.member(8, { if case .enableLcu(let value) = kind { value } else { nil } }) {
            kind = .enableLcu($0)
        }
        _ = visitor.member(9, { if case .none(let value) = kind { value } else { nil } }) { kind = .none($0) }
        _ = visitor.member(10, { if case .allowInput(let value) = kind { value } else { nil } }) {
            kind = .allowInput($0)
        }
        _ = visitor.member(11, { if case .waitForModule(let value) = kind { value } else { nil } }) {
            kind = .waitForModule($0)
        }
        _ = visitor.member(12, { if case .debug(let value) = kind { value } else { nil } }) { kind = .debug($0) }
        _ = visitor.member(13, { if case .enableNms(let value) = kind { value } else { nil } }) {
            kind = .enableNms($0)
        }
        _ = visitor.member(14, { if case .writeByType(let value) = kind { value } else { nil } }) {
            kind = .writeByType($0)
        }
        _ = visitor.member(15, { if case .switchLcuBatch(let value) = kind { value } else { nil } }) {
            kind = .switchLcuBatch($0)
        }
        _ = visitor.member(16, { if case .writeCcwPointer(let value) = kind { value } else { nil } }) {
            kind = .writeCcwPointer($0)
        }
    }
}

/// Configuration data inside the protobuf part (header version 0).
package struct WriteCcwMessage: WireMessage, Sendable {
    package var data = WireBytes()
    package var channel: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &data)
        _ = visitor.field(2, &channel)
    }
}

/// Configuration data behind the protobuf part (header version 1 and later).
package struct WriteCcwPointerMessage: WireMessage, Sendable {
    package var offset: UInt64 = 0
    package var size: UInt32 = 0
    package var channel: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &offset)
        _ = visitor.field(2, &size)
        _ = visitor.field(3, &channel)
    }
}

package struct IndexMessage: WireMessage, Sendable {
    package var index: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &index)
    }
}

/// Enabling, disabling and switching a layer control unit; each uses some of the fields.
package struct LcuMessage: WireMessage, Sendable {
    package var unit: UInt32 = 0
    package var cluster: UInt32 = 0
    package var kernelDoneAddress: UInt32 = 0
    package var kernelDoneCount: UInt32 = 0
    package var enableAddress: UInt32 = 0
    package var network: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &unit)
        _ = visitor.field(2, &cluster)
        _ = visitor.field(3, &kernelDoneAddress)
        _ = visitor.field(4, &kernelDoneCount)
        _ = visitor.field(5, &enableAddress)
        _ = visitor.field(6, &network)
    }
}

package struct EnableSequencerMessage: WireMessage, Sendable {
    package var cluster: UInt32 = 0
    package var legacyInitialL3: UInt32 = 0
    package var activeApus: UInt32 = 0
    package var activeSubclusters: UInt64 = 0
    package var activeL2: UInt64 = 0
    package var activeInputAligners: UInt32 = 0
    package var l2Writes: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    package var initialL3 = InitialL3Message()

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &cluster)
        _ = visitor.field(2, &legacyInitialL3)
        _ = visitor.field(3, &activeApus)
        _ = visitor.field(4, &activeSubclusters)
        _ = visitor.field(5, &activeL2)
        _ = visitor.field(6, &activeInputAligners)
        _ = visitor.field(7, &l2Writes.0)
        _ = visitor.field(8, &l2Writes.1)
        _ = visitor.field(9, &l2Writes.2)
        _ = visitor.field(10, &l2Writes.3)
        _ = visitor.field(11, &initialL3)
    }
}

package struct InitialL3Message: WireMessage, Sendable {
    package var index: UInt32 = 0
    package var offset: UInt32 = 0
    package var isPresent = false

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &index)
        _ = visitor.field(2, &offset)
        _ = visitor.field(3, &isPresent)
    }
}

package struct EnableNmsMessage: WireMessage, Sendable {
    package var unit: UInt32 = 0
    package var network: UInt32 = 0
    package var classes: UInt32 = 0
    package var burstSize: UInt32 = 0
    package var divisionFactor: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &unit)
        _ = visitor.field(2, &network)
        _ = visitor.field(3, &classes)
        _ = visitor.field(4, &burstSize)
        _ = visitor.field(5, &divisionFactor)
    }
}

package struct WriteByTypeMessage: WireMessage, Sendable {
    package var address: UInt64 = 0
    package var type: Int32 = 0
    package var data = WireBytes()
    package var mask: UInt32 = 0
    package var network: UInt32 = 0
    package var shift: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &address)
        _ = visitor.field(2, &type)
        _ = visitor.field(3, &data)
        _ = visitor.field(4, &mask)
        _ = visitor.field(5, &network)
        _ = visitor.field(6, &shift)
    }
}

package struct DebugMessage: WireMessage, Sendable {
    package enum Kind: Sendable {
        case unset
        case sleep(SleepMessage)
        case halt(EmptyMessage)
    }
    package var kind = Kind.unset

    package init() {}
    package init(_ kind: Kind) { self.kind = kind }

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.member(2, { if case .sleep(let value) = kind { value } else { nil } }) { kind = .sleep($0) }
        _ = visitor.member(3, { if case .halt(let value) = kind { value } else { nil } }) { kind = .halt($0) }
    }
}

package struct SleepMessage: WireMessage, Sendable {
    package var microseconds: UInt64 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &microseconds)
    }
}
