internal import HailoBase
package import HailoFormats
package import HailoHEF

/// A small network with one input and one output, in the form that compilers write: a start for tests and demos.
package enum SmallModel {
    package static let architecture: Int32 = 1

    /// The extensions that every file for this library needs or usually has.
    package static let extensions: [(index: UInt32, name: String)] = [
        (3, "PADDED_DDR_BUFFERS"), (4, "IS_MULTI_CONTEXTS"), (12, "KO_RUN_ASAP"), (20, "DUAL_DIRECTION_STREAM_INDEX"),
        (26, "PERIPH_CALCULATION_IN_HAILORT"),
    ]

    package static func message(groups: [String] = ["small"]) -> HefMessage {
        var message = HefMessage()
        message.header.architecture = architecture
        message.header.compilerVersion = "3.31.0"
        message.header.version = 3
        message.extensions = Series(
            extensions.map { entry in
                var item = ExtensionMessage()
                item.typeIndex = entry.index
                item.name = entry.name
                return item
            })
        message.networkGroups = Series(groups.map { group(named: $0) })
        return message
    }

    package static func group(named name: String) -> NetworkGroupMessage {
        var group = NetworkGroupMessage()
        group.metadata.name = name
        group.metadata.configChannelsCount = 2
        group.metadata.bottleneckFPS = 100
        group.sortedOutputsOrder = [name + "/output"]
        group.preliminaryConfig.operations = [operation([ActionMessage(.none(EmptyMessage()))])]
        var context = ContextMessage()
        context.operations = [operation([ActionMessage(.allowInput(IndexMessage()))])]
        context.metadata.edgeLayers = [
            layer(name + "/input", isOutput: false, format: 0, Shape(8, 8, 3), features: 8),
            layer(name + "/output", isOutput: true, format: 1, Shape(4, 4, 8), features: 8),
        ]
        group.contexts = [context]
        return group
    }

    package static func operation(_ actions: [ActionMessage]) -> OperationMessage {
        var operation = OperationMessage()
        operation.trigger = TriggerMessage(.none(EmptyMessage()))
        operation.actions = Series(actions)
        return operation
    }

    /// A layer at the host. `format` is the compiler's code, `features` the number with the chip's padding.
    package static func layer(
        _ name: String, isOutput: Bool, format: UInt32, _ shape: Shape, features: UInt32
    ) -> EdgeLayerMessage {
        var info = LayerInfoMessage()
        info.name = name
        info.originalNames = [name + "_original"]
        info.numeric.scale = 0.5
        info.numeric.zeroPoint = 3
        info.base.height = shape.height
        info.base.paddedHeight = shape.height
        info.base.width = shape.width
        info.base.paddedWidth = shape.width
        info.base.features = shape.features
        info.base.paddedFeatures = features
        info.base.format = format
        info.base.stream = isOutput ? 1 : 0
        info.base.dataBytes = 1
        info.base.coreBytesPerBuffer = shape.width * features
        info.base.coreBuffersPerFrame = shape.height
        info.base.bufferIndices = [ResourceIndicesMessage()]
        var layer = EdgeLayerMessage()
        layer.direction = isOutput ? 1 : 0
        layer.kind = .info(info)
        return layer
    }
}
