package import HailoBase
package import HailoFirmware
package import HailoFormats
package import HailoHEF

/// Everything that has to be done to set a device up for one network group, decided but not yet done.
///
/// Buffers and descriptor lists are named by their index here; a device gives them addresses when the plan is executed.
package struct Plan: Sendable {
    package let networkGroup: NetworkGroup
    /// What of the group is loaded into this chip.
    package let contents: CoreOp
    package let options: PlanOptions
    /// What it is made for.
    package let firmware: FirmwareInterface
    package let memory: MemoryPlan
    package let header: ApplicationHeader
    /// In the order in which the firmware gets them: activation, batch switching, preliminary, the dynamic ones.
    package let contexts: [PlannedContext]
    /// The channels that the host drives, in alphabetical order of their streams.
    package let channels: [BoundaryChannel]
    /// How many frames the slowest network's batch has; a batch that is chosen later may not be larger.
    package let smallestBatch: UInt32

    /// The name of the network group.
    package var group: Name { networkGroup.name }

    /// How many parts the chip is loaded with, one after the other.
    package var dynamicContexts: Int { contexts.count { $0.type == .dynamic } }

    /// The channels that the host drives as a bitmap; all are of engine 0.
    package var channelBitmap: UInt32 { channels.reduce(0) { $0 | 1 << UInt32($1.channel) } }

    /// The control messages that tell the firmware about the group. `address` gives the DMA address of a list.
    package func controls(address: (UInt64) -> UInt64) -> [ControlRequest] {
        var controls = [ControlRequest.networkGroupHeader(header, for: firmware)]
        for context in contexts {
            let chunks = context.actions.chunks(for: firmware, address: address)
            for (index, chunk) in chunks.enumerated() {
                controls.append(
                    .contextInfo(
                        context.type, isFirst: index == 0, isLast: index == chunks.count - 1, actions: chunk))
            }
        }
        return controls
    }
}

/// One list of actions.
package struct PlannedContext: Equatable, Sendable {
    package let type: ContextType
    /// The number of a dynamic context, counted from 0.
    package let number: Int?
    package let actions: ActionList

    package var name: String { type.name + (number.map { " \($0)" } ?? "") }
}

/// A channel between host and chip.
package struct BoundaryChannel: Equatable, Sendable {
    package let stream: Name
    package let direction: Direction
    package let channel: UInt8
    package let list: Int
    /// Descriptors of the list, which the ring's memory is exactly as long as.
    package let descriptorCount: UInt32
    /// The ring of memory that transfers go through.
    package let buffer: Int
    /// Bytes of one transfer, and descriptors that it takes.
    package let transferSize: UInt32
    package let descriptorsPerTransfer: UInt32
    package let transfersPerFrame: UInt32
    /// How many transfers may be in flight.
    package let queueDepth: UInt32
    /// Bytes of a frame as it leaves or reaches the host, and what boxes it holds; then it comes in several transfers.
    package let frameSize: UInt32
    package let nms: NmsShape?
}
