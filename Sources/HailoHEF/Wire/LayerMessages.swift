package import HailoBase
internal import HailoFormats

/// A layer at the edge of a context: where data enters or leaves it.
package struct EdgeLayerMessage: WireMessage, Sendable {
    /// 1 is device to host; everything else is host to device.
    package var direction: Int32 = 0
    /// Which of the kinds is read, whatever is there: 0 info, 1 mux, 2 planes.
    package var type: Int32 = 0
    package var kind = EdgeKind.unset
    package var contextSwitch = ContextSwitchMessage()
    package var network: UInt32 = 0
    package var pad: UInt32?

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &direction)
        _ = visitor.field(2, &type)
        kind.visitFields(&visitor, info: 3, mux: 4, planes: 8)
        _ = visitor.field(5, &contextSwitch)
        _ = visitor.field(6, &network)
        _ = visitor.field(7, &pad)
    }
}

/// What an edge layer can be.
package enum EdgeKind: Sendable {
    case unset
    case info(LayerInfoMessage)
    indirect case mux(MuxMessage)
    indirect case planes(PlanesMessage)

    package var info: LayerInfoMessage? { if case .info(let value) = self { value } else { nil } }
    package var mux: MuxMessage? { if case .mux(let value) = self { value } else { nil } }
    package var planes: PlanesMessage? { if case .planes(let value) = self { value } else { nil } }

    /// The same oneof stands in two messages under different numbers.
    mutating func visitFields<Visitor: FieldVisitor>(
        _ visitor: inout Visitor, info infoNumber: UInt32, mux muxNumber: UInt32, planes planesNumber: UInt32
    ) {
        _ = visitor.member(infoNumber, { info }) { self = .info($0) }
        _ = visitor.member(muxNumber, { mux }) { self = .mux($0) }
        _ = visitor.member(planesNumber, { planes }) { self = .planes($0) }
    }
}

/// A part of a mux or a plane.
package struct EdgeMessage: WireMessage, Sendable {
    package var kind = EdgeKind.unset

    package init() {}
    package init(_ kind: EdgeKind) { self.kind = kind }

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        kind.visitFields(&visitor, info: 1, mux: 2, planes: 3)
    }
}

package struct LayerInfoMessage: WireMessage, Sendable {
    package var name = ""
    package var base = LayerBaseMessage()
    package var numeric = NumericInfoMessage()
    package var originalNames: Series<String> = []
    package var isTransposed = false

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &name)
        _ = visitor.field(2, &base)
        _ = visitor.field(3, &numeric)
        visitor.unreadText(4)
        _ = visitor.field(5, &originalNames)
        _ = visitor.field(6, &isTransposed)
    }
}

package struct MuxMessage: WireMessage, Sendable {
    package var name = ""
    package var base = LayerBaseMessage()
    package var data = MuxDataMessage()
    package var predecessors: Series<EdgeMessage> = []
    package var originalNames: Series<String> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &name)
        _ = visitor.field(2, &base)
        _ = visitor.field(3, &data)
        visitor.unreadText(4)
        _ = visitor.field(5, &predecessors)
        _ = visitor.field(6, &originalNames)
    }
}

package struct MuxDataMessage: WireMessage, Sendable {
    package var predecessorsCount: UInt32 = 0
    package var heightGCD: UInt32 = 0
    package var heightRatiosCount: UInt32 = 0
    package var heightRatios: Series<UInt32> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &predecessorsCount)
        _ = visitor.field(2, &heightGCD)
        _ = visitor.field(3, &heightRatiosCount)
        _ = visitor.field(4, &heightRatios)
    }
}

package struct PlanesMessage: WireMessage, Sendable {
    package var name = ""
    package var format: Int32 = 0
    package var planes: Series<EdgeMessage> = []
    package var height: UInt32 = 0
    package var width: UInt32 = 0
    package var features: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &name)
        _ = visitor.field(2, &format)
        _ = visitor.field(3, &planes)
        _ = visitor.field(4, &height)
        _ = visitor.field(5, &width)
        _ = visitor.field(6, &features)
    }
}

package struct LayerBaseMessage: WireMessage, Sendable {
    package var height: UInt32 = 0
    package var paddedHeight: UInt32 = 0
    package var width: UInt32 = 0
    package var paddedWidth: UInt32 = 0
    package var features: UInt32 = 0
    package var paddedFeatures: UInt32 = 0
    package var format: UInt32 = 0
    package var stream: UInt32 = 0
    package var coreBytesPerBuffer: UInt32 = 0
    package var coreBuffersPerFrame: UInt32 = 0
    package var additional = AdditionalInfoMessage()
    package var dataBytes: UInt32 = 0
    package var bufferIndices: Series<ResourceIndicesMessage> = []
    package var hostArgmax = false
    package var maxShmifoSize: UInt32 = 0
    package var engine: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &height)
        _ = visitor.field(2, &paddedHeight)
        _ = visitor.field(3, &width)
        _ = visitor.field(4, &paddedWidth)
        _ = visitor.field(5, &features)
        _ = visitor.field(6, &paddedFeatures)
        _ = visitor.field(7, &format)
        _ = visitor.field(8, &stream)
        _ = visitor.field(9, &coreBytesPerBuffer)
        _ = visitor.field(10, &coreBuffersPerFrame)
        _ = visitor.field(11, &additional)
        _ = visitor.field(12, &dataBytes)
        _ = visitor.field(13, &bufferIndices)
        _ = visitor.field(14, &hostArgmax)
        _ = visitor.field(15, &maxShmifoSize)
        _ = visitor.field(16, &engine)
    }
}

package struct ResourceIndicesMessage: WireMessage, Sendable {
    package var index: UInt32 = 0
    package var cluster: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &index)
        _ = visitor.field(2, &cluster)
    }
}

package struct AdditionalInfoMessage: WireMessage, Sendable {
    package var nms = NmsInfoMessage()

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &nms)
    }
}

package struct NmsInfoMessage: WireMessage, Sendable {
    package var typeIndex: UInt32 = 0
    package var classes: UInt64 = 0
    package var maxOutputSize: UInt64 = 0
    package var boxSize: UInt64 = 0
    package var isDefused = false
    package var defuse = DefuseInfoMessage()
    package var divisionFactor: UInt64 = 0
    package var burstSize: UInt32 = 0
    package var burstType: Int32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &typeIndex)
        _ = visitor.field(2, &classes)
        _ = visitor.field(3, &maxOutputSize)
        _ = visitor.field(4, &boxSize)
        _ = visitor.field(5, &isDefused)
        _ = visitor.field(6, &defuse)
        _ = visitor.field(7, &divisionFactor)
        _ = visitor.field(8, &burstSize)
        _ = visitor.field(9, &burstType)
    }
}

package struct DefuseInfoMessage: WireMessage, Sendable {
    package var classGroup: UInt64 = 0
    package var originalName = ""

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &classGroup)
        _ = visitor.field(3, &originalName)
    }
}

package struct NumericInfoMessage: WireMessage, Sendable {
    package var zeroPoint: Float = 0
    package var scale: Float = 0
    package var minimum: Float = 0
    package var maximum: Float = 0
    /// One value per feature, for files with OUTPUT_SCALE_PER_FEATURE.
    package var zeroPoints: Series<Double> = []
    package var scales: Series<Double> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &zeroPoint)
        _ = visitor.field(2, &scale)
        _ = visitor.field(3, &minimum)
        _ = visitor.field(4, &maximum)
        _ = visitor.field(5, &zeroPoints)
        _ = visitor.field(6, &scales)
    }
}

package struct ContextSwitchMessage: WireMessage, Sendable {
    /// 0 boundary, 1 inter-context, 2 DDR, 3 cache.
    package var connection: Int32 = 0
    package var buffers: UInt32 = 0
    package var connectedContexts: Series<ConnectedContextMessage> = []
    package var cacheID: Int32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.unreadText(2)
        _ = visitor.field(3, &connection)
        visitor.unreadText(5)
        _ = visitor.field(6, &buffers)
        _ = visitor.field(8, &connectedContexts)
        _ = visitor.field(9, &cacheID)
    }
}

package struct ConnectedContextMessage: WireMessage, Sendable {
    package var index: UInt32 = 0
    package var stream: UInt32 = 0
    package var engine: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &index)
        visitor.unreadText(2)
        _ = visitor.field(3, &stream)
        _ = visitor.field(4, &engine)
    }
}
