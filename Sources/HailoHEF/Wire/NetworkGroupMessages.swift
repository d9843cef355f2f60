package import HailoBase
internal import HailoFormats

/// A network group. With the net-flow extension its contents stand in `ops`; without it, in the other fields.
package struct NetworkGroupMessage: WireMessage, Sendable {
    package var metadata = NetworkGroupMetadataMessage()
    package var preliminaryConfig = PreliminaryConfigMessage()
    package var contexts: Series<ContextMessage> = []
    package var sortedOutputsOrder: Series<String> = []
    package var fusedLayers = FusedLayersMessage()
    package var networksNames: Series<String> = []
    package var partialNetworkGroups: Series<PartialNetworkGroupMessage> = []
    package var ops: Series<PostOpMessage> = []
    package var padEdges: Series<PadEdgeMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &metadata)
        _ = visitor.field(2, &preliminaryConfig)
        _ = visitor.field(3, &contexts)
        _ = visitor.field(4, &sortedOutputsOrder)
        _ = visitor.field(5, &fusedLayers)
        _ = visitor.field(6, &networksNames)
        _ = visitor.field(7, &partialNetworkGroups)
        _ = visitor.field(8, &ops)
        _ = visitor.field(9, &padEdges)
        visitor.unreadText(10)
    }
}

package struct PartialNetworkGroupMessage: WireMessage, Sendable {
    package var networkGroup = NetworkGroupMessage()
    package var layout = PhysicalLayoutMessage()

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &networkGroup)
        _ = visitor.field(2, &layout)
    }
}

package struct PhysicalLayoutMessage: WireMessage, Sendable {
    package var clusterBitmap: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &clusterBitmap)
    }
}

/// The contents of a network group in net-flow files. Its fields have the numbers of the group's own.
package struct CoreOpMessage: WireMessage, Sendable {
    package var metadata = NetworkGroupMetadataMessage()
    package var preliminaryConfig = PreliminaryConfigMessage()
    package var contexts: Series<ContextMessage> = []
    package var sortedOutputsOrder: Series<String> = []
    package var fusedLayers = FusedLayersMessage()
    package var networksNames: Series<String> = []
    package var partialCoreOps: Series<PartialCoreOpMessage> = []

    package init() {}

    package init(_ group: NetworkGroupMessage) {
        metadata = group.metadata
        preliminaryConfig = group.preliminaryConfig
        contexts = group.contexts
        fusedLayers = group.fusedLayers
        networksNames = group.networksNames
    }

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &metadata)
        _ = visitor.field(2, &preliminaryConfig)
        _ = visitor.field(3, &contexts)
        _ = visitor.field(4, &sortedOutputsOrder)
        _ = visitor.field(5, &fusedLayers)
        _ = visitor.field(6, &networksNames)
        _ = visitor.field(7, &partialCoreOps)
    }
}

package struct PartialCoreOpMessage: WireMessage, Sendable {
    package var coreOp = CoreOpMessage()
    package var layout = PhysicalLayoutMessage()

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &coreOp)
        _ = visitor.field(2, &layout)
    }
}

package struct NetworkGroupMetadataMessage: WireMessage, Sendable {
    package var name = ""
    package var isTransposed = false
    package var bottleneckFPS = 0.0
    package var configChannelsCount: UInt32 = 0
    package var latency = 0.0
    package var configChannels: Series<ConfigChannelMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &name)
        _ = visitor.field(3, &isTransposed)
        _ = visitor.field(4, &bottleneckFPS)
        _ = visitor.field(5, &configChannelsCount)
        _ = visitor.field(6, &latency)
        _ = visitor.field(7, &configChannels)
    }
}

package struct ConfigChannelMessage: WireMessage, Sendable {
    package var index: UInt32 = 0
    package var engine: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &index)
        _ = visitor.field(2, &engine)
    }
}

package struct FusedLayersMessage: WireMessage, Sendable {
    package var isPresent = false
    package var sortedOutputNames: Series<String> = []
    package var layers: Series<FusedLayerMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &isPresent)
        _ = visitor.field(2, &sortedOutputNames)
        _ = visitor.field(3, &layers)
    }
}

package struct FusedLayerMessage: WireMessage, Sendable {
    package var layer = LayerInfoMessage()
    package var defusedNames: Series<String> = []
    package var nms = NmsInfoMessage()

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &layer)
        _ = visitor.field(2, &defusedNames)
        _ = visitor.field(3, &nms)
    }
}

package struct PreliminaryConfigMessage: WireMessage, Sendable {
    package var operations: Series<OperationMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &operations)
    }
}

package struct ContextMessage: WireMessage, Sendable {
    package var index: UInt32 = 0
    package var operations: Series<OperationMessage> = []
    package var metadata = ContextMetadataMessage()

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &index)
        _ = visitor.field(2, &operations)
        _ = visitor.field(3, &metadata)
    }
}

package struct ContextMetadataMessage: WireMessage, Sendable {
    package var edgeLayers: Series<EdgeLayerMessage> = []
    package var sortedOutputsOrder: Series<String> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.unreadText(1)
        _ = visitor.field(2, &edgeLayers)
        visitor.unread(3, ClusterEndGuaranteeMessage.self)
        visitor.unread(4, OrderedTriggerMessage.self)
        _ = visitor.field(5, &sortedOutputsOrder)
        visitor.unread(6, EmptyMessage.self)
        visitor.unread(7, EmptyMessage.self)
    }
}

private struct ClusterEndGuaranteeMessage: WireMessage {
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.unread(2, TriggerMessage.self)
    }
}

private struct OrderedTriggerMessage: WireMessage {
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.unread(1, TriggerMessage.self)
    }
}
