internal import HailoBase
internal import HailoFormats
package import HailoHEF

/// Lets the host work on what a network delivers: the contents of a group become the core of a file with ops.
package struct NetFlow {
    private var group: NetworkGroupMessage
    private var pads: [String: UInt32] = [:]
    private var nextPad: UInt32 = 0

    private static let core: (index: UInt32, name: String) = (13, "HAILO_NET_FLOW")

    /// `group` has its contents in its own fields. It may have been made for a chip with layouts of clusters.
    package init(_ group: NetworkGroupMessage) {
        self.group = group
        for context in group.contexts {
            for layer in context.metadata.edgeLayers where layer.isBoundaryOutput {
                guard let name = layer.kind.info?.name else { continue }
                pads[name] = nextPad
                nextPad += 1
            }
        }
        var core = PostOpMessage()
        core.name = group.metadata.name
        var contents = self.contents(of: group)
        for partial in group.partialNetworkGroups {
            var part = PartialCoreOpMessage()
            part.coreOp = self.contents(of: partial.networkGroup)
            part.layout = partial.layout
            contents.partialCoreOps.append(part)
        }
        core.kind = .core(contents)
        self.group.ops = [core]
    }

    private func contents(of group: NetworkGroupMessage) -> CoreOpMessage {
        var contents = CoreOpMessage(group)
        for context in contents.contexts.indices {
            for layer in contents.contexts[context].metadata.edgeLayers.indices {
                let edge = contents.contexts[context].metadata.edgeLayers[layer]
                guard edge.isBoundaryOutput, let name = edge.kind.info?.name else { continue }
                contents.contexts[context].metadata.edgeLayers[layer].pad = pads[name]
            }
        }
        return contents
    }

    /// The output of the network that has this name, as decoders refer to it; nil if there is none.
    package func pad(_ layer: String) -> UInt32? { pads[layer] }

    /// Adds an op that works on these outputs and delivers one of this name.
    package mutating func add(_ kind: PostOpMessage.Kind, reading layers: [String], delivering output: String) {
        var op = PostOpMessage()
        op.name = output
        op.kind = kind
        for layer in layers {
            guard let source = pads[layer] else { continue }
            var pad = PadMessage()
            pad.index = nextPad
            pad.name = layer
            op.inputPads.append(pad)
            var edge = PadEdgeMessage()
            edge.source = source
            edge.destination = nextPad
            group.padEdges.append(edge)
            nextPad += 1
        }
        var pad = PadMessage()
        pad.index = nextPad
        pad.name = output
        nextPad += 1
        op.outputPads = [pad]
        group.ops.append(op)
        // Its output stands where the first of its inputs stood.
        let place = group.sortedOutputsOrder.firstIndex { layers.contains($0) } ?? group.sortedOutputsOrder.count
        group.sortedOutputsOrder.removeAll { layers.contains($0) }
        group.sortedOutputsOrder.insert(output, at: min(place, group.sortedOutputsOrder.count))
    }

    /// Puts the group into a file in place of the first one.
    package func put(into message: inout HefMessage) {
        message.networkGroups = [group] + message.networkGroups.dropFirst()
        guard !message.extensions.contains(where: { $0.typeIndex == NetFlow.core.index }) else { return }
        var item = ExtensionMessage()
        item.typeIndex = NetFlow.core.index
        item.name = NetFlow.core.name
        message.extensions.append(item)
    }
}

extension EdgeLayerMessage {
    /// Whether the host gets what it carries.
    fileprivate var isBoundaryOutput: Bool { direction == 1 && contextSwitch.connection == 0 }
}
