internal import HailoBase
package import HailoFormats

// The actions that this library sends, each with its parameters by name.

/// How a stream's data is cut into buffers on its way through the chip.
package struct StreamRegisters: Equatable, Sendable {
    package var coreBytesPerBuffer: UInt16
    package var coreBuffersPerFrame: UInt16
    package var peripheryBytesPerBuffer: UInt16
    package var peripheryBuffersPerFrame: UInt16
    package var featurePadding: UInt16
    package var bufferPaddingPayload: UInt32
    package var bufferPadding: UInt16
    /// Whether the host has chosen the periphery's buffers, not the compiler.
    package var peripheryByHost: Bool
    package var paddingInDataflow: Bool

    package init(
        coreBytesPerBuffer: UInt16, coreBuffersPerFrame: UInt16, peripheryBytesPerBuffer: UInt16,
        peripheryBuffersPerFrame: UInt16, featurePadding: UInt16, bufferPaddingPayload: UInt32, bufferPadding: UInt16,
        peripheryByHost: Bool, paddingInDataflow: Bool
    ) {
        self.coreBytesPerBuffer = coreBytesPerBuffer
        self.coreBuffersPerFrame = coreBuffersPerFrame
        self.peripheryBytesPerBuffer = peripheryBytesPerBuffer
        self.peripheryBuffersPerFrame = peripheryBuffersPerFrame
        self.featurePadding = featurePadding
        self.bufferPaddingPayload = bufferPaddingPayload
        self.bufferPadding = bufferPadding
        self.peripheryByHost = peripheryByHost
        self.paddingInDataflow = paddingInDataflow
    }

    package var peripheryFrameSize: UInt32 { UInt32(peripheryBytesPerBuffer) * UInt32(peripheryBuffersPerFrame) }

    fileprivate var values: [UInt64] {
        [
            UInt64(coreBytesPerBuffer), UInt64(coreBuffersPerFrame), UInt64(peripheryBytesPerBuffer),
            UInt64(peripheryBuffersPerFrame), UInt64(featurePadding), UInt64(bufferPaddingPayload),
            UInt64(bufferPadding), peripheryByHost ? 1 : 0, paddingInDataflow ? 1 : 0,
        ]
    }
}

/// The memory of the host that a channel works with, as actions describe it.
package struct HostBuffer: Equatable, Sendable {
    /// The number of the descriptor list in its plan.
    package var list: Int
    package var pageSize: UInt16
    package var descriptorCount: UInt32
    package var bytesInPattern: UInt32

    package init(list: Int, pageSize: UInt16, descriptorCount: UInt32, bytesInPattern: UInt32) {
        self.list = list
        self.pageSize = pageSize
        self.descriptorCount = descriptorCount
        self.bytesInPattern = bytesInPattern
    }

    /// The type is always 0: pages scattered in memory. The others are for chips inside a system.
    fileprivate var values: [UInt64] {
        [0, UInt64(list), UInt64(pageSize), UInt64(descriptorCount), UInt64(bytesInPattern)]
    }
}

/// A channel, the stream at its other end and the network that this belongs to.
package struct StreamChannel: Equatable, Sendable {
    package var channel: UInt8
    package var stream: UInt8
    package var network: UInt8

    package init(channel: UInt8, stream: UInt8, network: UInt8) {
        self.channel = channel
        self.stream = stream
        self.network = network
    }

    fileprivate var values: [UInt64] { [UInt64(channel), UInt64(stream), UInt64(network)] }
    fileprivate var valuesWithoutNetwork: [UInt64] { [UInt64(channel), UInt64(stream)] }
}

extension ContextAction {
    /// Actions without parameters.
    package init(_ kind: ActionKind) { self.init(kind, []) }

    // MARK: Configuration

    package static func fetchConfiguration(descriptors: UInt16, channel: UInt8) -> ContextAction {
        ContextAction(.fetchConfiguration, [UInt64(descriptors), UInt64(channel)])
    }

    package static func activateConfigurationChannel(
        _ channel: UInt8, stream: UInt8, buffer: HostBuffer
    ) -> ContextAction {
        ContextAction(.activateConfigurationChannel, [UInt64(channel), UInt64(stream)] + buffer.values)
    }

    package static func deactivateConfigurationChannel(_ channel: UInt8, stream: UInt8) -> ContextAction {
        ContextAction(.deactivateConfigurationChannel, [UInt64(channel), UInt64(stream)])
    }

    // MARK: Streams

    package static func openBoundaryInput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer
    ) -> ContextAction {
        ContextAction(
            .openBoundaryInput,
            [UInt64(at.channel)] + buffer.values
                + [
                    UInt64(at.stream), UInt64(at.network), UInt64(registers.peripheryBytesPerBuffer),
                    UInt64(registers.peripheryFrameSize),
                ])
    }

    package static func openBoundaryOutput(channel: UInt8, buffer: HostBuffer) -> ContextAction {
        ContextAction(.openBoundaryOutput, [UInt64(channel)] + buffer.values)
    }

    package static func activateBoundaryInput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer, initialCredit: UInt32
    ) -> ContextAction {
        ContextAction(
            .activateBoundaryInput,
            at.valuesWithoutNetwork + registers.values + buffer.values + [UInt64(initialCredit)])
    }

    package static func activateBoundaryOutput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer
    ) -> ContextAction {
        ContextAction(.activateBoundaryOutput, at.values + registers.values + buffer.values)
    }

    package static func activateInterContextInput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer, initialCredit: UInt32
    ) -> ContextAction {
        ContextAction(
            .activateInterContextInput, at.values + registers.values + buffer.values + [UInt64(initialCredit)])
    }

    package static func activateInterContextOutput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer
    ) -> ContextAction {
        ContextAction(.activateInterContextOutput, at.values + registers.values + buffer.values)
    }

    package static func activateDDRInput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer, initialCredit: UInt32,
        connectedChannel: UInt8
    ) -> ContextAction {
        ContextAction(
            .activateDDRInput,
            at.valuesWithoutNetwork + registers.values + buffer.values
                + [UInt64(initialCredit), UInt64(connectedChannel)])
    }

    package static func activateDDROutput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer, bufferedRows: UInt32
    ) -> ContextAction {
        ContextAction(
            .activateDDROutput, at.valuesWithoutNetwork + registers.values + buffer.values + [UInt64(bufferedRows)])
    }

    package static func activateCacheInput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer, initialCredit: UInt32
    ) -> ContextAction {
        ContextAction(.activateCacheInput, at.values + registers.values + buffer.values + [UInt64(initialCredit)])
    }

    package static func activateCacheOutput(
        _ at: StreamChannel, registers: StreamRegisters, buffer: HostBuffer, batchSize: UInt16
    ) -> ContextAction {
        ContextAction(.activateCacheOutput, registers.values + buffer.values + [UInt64(batchSize)] + at.values)
    }

    /// Which way a channel carries data, in the firmware's numbers.
    private static func code(of direction: Direction) -> UInt64 { direction == .input ? 1 : 2 }

    package static func deactivateChannel(
        _ channel: UInt8, _ direction: Direction, checkHostEmpty: Bool, initialCredit: UInt32
    ) -> ContextAction {
        ContextAction(
            .deactivateChannel,
            [UInt64(channel), code(of: direction), checkHostEmpty ? 1 : 0, 0, UInt64(initialCredit)])
    }

    package static func mapChannelToStream(channel: UInt8, stream: UInt8, isDummy: Bool) -> ContextAction {
        ContextAction(.mapChannelToStream, [UInt64(channel), UInt64(stream), isDummy ? 1 : 0])
    }

    package static func addDDRPair(
        hostToDevice: UInt8, deviceToHost: UInt8, network: UInt8, descriptorsPerFrame: UInt32,
        programmedDescriptors: UInt16
    ) -> ContextAction {
        ContextAction(
            .addDDRPair,
            [
                UInt64(hostToDevice), UInt64(deviceToHost), UInt64(network), UInt64(descriptorsPerFrame),
                UInt64(programmedDescriptors),
            ])
    }

    package static func changeBoundaryInputBatch(channel: UInt8) -> ContextAction {
        ContextAction(.changeBoundaryInputBatch, [UInt64(channel)])
    }

    package static func pauseInput(channel: UInt8) -> ContextAction {
        ContextAction(.pauseChannel, [UInt64(channel), code(of: .input)])
    }

    package static func resumeInput(channel: UInt8) -> ContextAction {
        ContextAction(.resumeChannel, [UInt64(channel), code(of: .input)])
    }

    /// What the credits of a fetch count.
    package enum Credit: Equatable, Sendable {
        case bytes(UInt32)
        case descriptors(UInt32)
    }

    package static func fetchData(_ at: StreamChannel, credit: Credit) -> ContextAction {
        let (amount, type): (UInt32, UInt64) =
            switch credit {
            case .bytes(let bytes): (bytes, 1)
            case .descriptors(let descriptors): (descriptors, 2)
            }
        return ContextAction(.fetchData, at.values + [UInt64(amount), type, 0])
    }

    // MARK: Waiting

    package static func waitForOutputTransfer(_ at: StreamChannel, isInterContext: Bool) -> ContextAction {
        ContextAction(.waitForOutputTransfer, at.values + [isInterContext ? 1 : 0, 0])
    }

    package static func waitForDMAIdle(channel: UInt8, stream: UInt8, isInterContext: Bool) -> ContextAction {
        ContextAction(.waitForDMAIdle, [UInt64(channel), UInt64(stream), isInterContext ? 1 : 0, 0])
    }

    package static func waitForNms(_ values: [UInt8]) -> ContextAction {
        ContextAction(.waitForNms, values.map { UInt64($0) })
    }

    /// LCU_INTERRUPT, SEQUENCER_DONE_INTERRUPT and MODULE_CONFIG_DONE_INTERRUPT name one unit each.
    package static func waitForLcu(_ lcu: UInt8) -> ContextAction { ContextAction(.waitForLcu, [UInt64(lcu)]) }
    package static func waitForSequencer(_ sequencer: UInt8) -> ContextAction {
        ContextAction(.waitForSequencer, [UInt64(sequencer)])
    }
    package static func waitForModule(_ module: UInt8) -> ContextAction {
        ContextAction(.waitForModule, [UInt64(module)])
    }

    // MARK: Units of the chip

    package static func enableLcuDefault(_ lcu: UInt8, network: UInt8) -> ContextAction {
        ContextAction(.enableLcuDefault, [UInt64(lcu), UInt64(network)])
    }

    package static func enableLcu(
        _ lcu: UInt8, network: UInt8, kernelDoneAddress: UInt16, kernelDoneCount: UInt32
    ) -> ContextAction {
        ContextAction(
            .enableLcu, [UInt64(lcu), UInt64(network), UInt64(kernelDoneAddress), UInt64(kernelDoneCount)])
    }

    package static func disableLcu(_ lcu: UInt8) -> ContextAction { ContextAction(.disableLcu, [UInt64(lcu)]) }

    package static func switchLcuBatch(_ lcu: UInt8, network: UInt8, kernelDoneCount: UInt32) -> ContextAction {
        ContextAction(.switchLcuBatch, [UInt64(lcu), UInt64(network), UInt64(kernelDoneCount)])
    }

    package static func triggerSequencer(
        cluster: UInt8, initialL3Cut: UInt8, initialL3Offset: UInt16, activeApus: UInt32, activeInputAligners: UInt32,
        activeSubclusters: UInt64, activeL2: UInt64, l2Offset0: UInt64, l2Offset1: UInt64
    ) -> ContextAction {
        ContextAction(
            .triggerSequencer,
            [
                UInt64(cluster), UInt64(initialL3Cut), UInt64(initialL3Offset), UInt64(activeApus),
                UInt64(activeInputAligners), activeSubclusters, activeL2, l2Offset0, l2Offset1,
            ])
    }

    package static func enableNms(
        unit: UInt8, network: UInt8, classes: UInt16, burstSize: UInt16, divisionFactor: UInt8
    ) -> ContextAction {
        ContextAction(
            .enableNms,
            [UInt64(unit), UInt64(network), UInt64(classes), UInt64(burstSize), UInt64(divisionFactor)])
    }

    package static func writeByType(
        address: UInt32, dataType: UInt8, data: UInt32, shift: UInt8, mask: UInt32, network: UInt8
    ) -> ContextAction {
        ContextAction(
            .writeByType,
            [UInt64(address), UInt64(dataType), UInt64(data), UInt64(shift), UInt64(mask), UInt64(network)])
    }

    package static func sleep(microseconds: UInt32) -> ContextAction {
        ContextAction(.sleep, [UInt64(microseconds)])
    }
}
