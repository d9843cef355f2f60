internal import HailoBase

/// What a list of actions is for.
package enum ContextType: UInt8, Sendable {
    case preliminary = 0
    case dynamic = 1
    case batchSwitching = 2
    case activation = 3

    package var name: String {
        switch self {
        case .preliminary: "preliminary"
        case .dynamic: "dynamic"
        case .batchSwitching: "batch switching"
        case .activation: "activation"
        }
    }
}

/// What the firmware has to know of a network group before it gets the contexts.
package struct ApplicationHeader: Equatable, Sendable {
    /// Newer firmware is told the group's configuration channels, at most so many.
    package static let maximumConfigurationChannels = 4
    /// Older firmware is told the batch size of each network, of at most so many.
    package static let maximumNetworks = 8

    package var dynamicContexts: UInt16
    package var preliminaryRunsAsap: Bool
    package var batchRegisterConfiguration: Bool
    package var canFastBatchSwitch: Bool
    package var networks: UInt8
    package var bufferSize: UInt16
    /// That of the group, for newer firmware.
    package var batchSize: UInt16
    /// Those of the networks by their indexes, for older firmware.
    package var networkBatchSizes: [UInt16]
    package var configurationChannels: [UInt8]

    package init(
        dynamicContexts: UInt16, preliminaryRunsAsap: Bool, batchRegisterConfiguration: Bool, canFastBatchSwitch: Bool,
        networks: UInt8, bufferSize: UInt16, batchSize: UInt16, networkBatchSizes: [UInt16],
        configurationChannels: [UInt8]
    ) {
        self.dynamicContexts = dynamicContexts
        self.preliminaryRunsAsap = preliminaryRunsAsap
        self.batchRegisterConfiguration = batchRegisterConfiguration
        self.canFastBatchSwitch = canFastBatchSwitch
        self.networks = networks
        self.bufferSize = bufferSize
        self.batchSize = batchSize
        self.networkBatchSizes = networkBatchSizes
        self.configurationChannels = configurationChannels
    }

    /// The numbers are little endian. The external list's address and the bitmap of boundary channels are 0 on PCIe.
    package func bytes(for firmware: FirmwareInterface) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(dynamicContexts)
        bytes += [preliminaryRunsAsap, batchRegisterConfiguration, canFastBatchSwitch, false].map { $0 ? 1 : 0 }
        bytes.append(networks)
        bytes.appendLittleEndian(bufferSize)
        switch firmware.generation {
        case .first:
            for index in 0..<ApplicationHeader.maximumNetworks {
                bytes.appendLittleEndian(index < networkBatchSizes.count ? networkBatchSizes[index] : 0)
            }
            bytes += [UInt8](repeating: 0, count: 16)
        case .second:
            bytes.appendLittleEndian(batchSize)
            bytes += [UInt8](repeating: 0, count: 16)
            let most = ApplicationHeader.maximumConfigurationChannels
            bytes.append(UInt8(truncatingIfNeeded: configurationChannels.count))
            bytes += (configurationChannels + [UInt8](repeating: 0, count: most)).prefix(most)
        }
        return bytes
    }

    /// How many bytes a header has for that firmware.
    package static func size(for firmware: FirmwareInterface) -> Int { firmware.generation == .first ? 41 : 32 }

    /// nil unless there are exactly as many bytes as a header has and its count of channels fits.
    package init?(_ bytes: ArraySlice<UInt8>, for firmware: FirmwareInterface) {
        guard bytes.count == ApplicationHeader.size(for: firmware) else { return nil }
        let bytes = Array(bytes)
        func word(_ offset: Int) -> UInt16 { bytes.littleEndian(UInt16.self, at: offset) ?? 0 }
        var batchSizes: [UInt16] = []
        var channels: [UInt8] = []
        switch firmware.generation {
        case .first:
            batchSizes = (0..<ApplicationHeader.maximumNetworks).map { word(9 + 2 * $0) }
        case .second:
            let count = Int(bytes[27])
            guard count <= ApplicationHeader.maximumConfigurationChannels else { return nil }
            channels = Array(bytes[28..<(28 + count)])
        }
        self.init(
            dynamicContexts: word(0), preliminaryRunsAsap: bytes[2] != 0, batchRegisterConfiguration: bytes[3] != 0,
            canFastBatchSwitch: bytes[4] != 0, networks: bytes[6], bufferSize: word(7),
            batchSize: batchSizes.max() ?? word(9), networkBatchSizes: batchSizes, configurationChannels: channels)
    }
}

/// What the context switch shall do.
package enum ContextSwitchState: UInt8, Sendable {
    case reset = 0
    case enabled = 1
    case paused = 2
}

extension ControlRequest {
    package static let clearConfiguredApplications = ControlRequest(.clearConfiguredApps)

    package static func networkGroupHeader(
        _ header: ApplicationHeader, for firmware: FirmwareInterface
    ) -> ControlRequest {
        ControlRequest(.setNetworkGroupHeader, [header.bytes(for: firmware)])
    }

    /// One piece of a context's actions.
    package static func contextInfo(
        _ type: ContextType, isFirst: Bool, isLast: Bool, actions: [UInt8]
    ) -> ControlRequest {
        ControlRequest(.setContextInfo, [[isFirst ? 1 : 0], [isLast ? 1 : 0], [type.rawValue], actions])
    }

    /// Lets a network group run. A batch size of 0 stands for the configured one, a batch count of 0 for no end.
    package static func enable(application: UInt8, batchSize: UInt16, batchCount: UInt16) -> ControlRequest {
        changeContextSwitchStatus(.enabled, application, batchSize, batchCount)
    }

    /// Stops whatever runs.
    package static let resetContextSwitch = changeContextSwitchStatus(.reset, 0xff, 0, 0)

    private static func changeContextSwitchStatus(
        _ state: ContextSwitchState, _ application: UInt8, _ batchSize: UInt16, _ batchCount: UInt16
    ) -> ControlRequest {
        var size: [UInt8] = []
        var count: [UInt8] = []
        size.appendLittleEndian(batchSize)
        count.appendLittleEndian(batchCount)
        return ControlRequest(.changeContextSwitchStatus, [[state.rawValue], [application], size, count])
    }
}
