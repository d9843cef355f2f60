package import HailoFormats
package import HailoFirmware
package import HailoHEF

/// What a plan depends on besides the model: the facts of a device.
package struct PlanTarget: Equatable, Sendable {
    package var chip: Chip
    /// The clusters that work, one bit each: some of a Hailo-8L's, all of a Hailo-8's.
    package var clusterLayout: UInt32
    /// The largest page that a descriptor may have: a power of two from 64 to 4096.
    package var descriptorPageSize: UInt32
    package var dmaEngines: UInt32
    package var constants: HardwareConstants
    package let firmware: FirmwareInterface
    /// Whether the driver's descriptors can point to memory at distances other than their page size.
    package let canStride: Bool
    let rules: PlanRules

    /// `clusterLayout` counts for a Hailo-8L.
    package init(
        chip: Chip, clusterLayout: UInt32, descriptorPageSize: UInt32, dmaEngines: UInt32,
        constants: HardwareConstants, firmware: FirmwareInterface, canStride: Bool
    ) {
        self.chip = chip
        self.clusterLayout = chip == .hailo8l ? clusterLayout : NetworkGroup.anyClusters
        self.descriptorPageSize = descriptorPageSize
        self.dmaEngines = dmaEngines
        self.constants = constants
        self.firmware = firmware
        self.canStride = canStride
        rules = PlanRules(for: firmware)
    }

    /// Clusters 0, 1, 4 and 5, which most Hailo-8L chips have.
    package static let typicalClusters: UInt32 = 0x33

    /// A card in a usual computer, for plans that are made without one.
    package static func typical(
        _ chip: Chip, clusterLayout: UInt32 = typicalClusters, firmware: FirmwareInterface = .newest,
        canStride: Bool = true
    ) -> PlanTarget {
        PlanTarget(
            chip: chip, clusterLayout: clusterLayout, descriptorPageSize: 4096, dmaEngines: 1, constants: .firmware4_23,
            firmware: firmware, canStride: canStride)
    }

    package func canRun(_ architecture: CompiledArchitecture) -> Bool {
        architecture.runs(on: chip)
    }

    /// What of a group is loaded into this chip; nil if the group has nothing for it.
    package func contents(of group: NetworkGroup) -> CoreOp? {
        guard chip == .hailo8l,
            group.layouts.contains(where: { $0.clusters != NetworkGroup.anyClusters })
        else { return group.coreOp }
        return group.layouts.first { $0.clusters == clusterLayout }?.coreOp
    }
}
