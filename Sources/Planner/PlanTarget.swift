package import Firmware
package import HEF

/// What a plan depends on besides the model: the facts of a device.
package struct PlanTarget: Equatable, Sendable {
    package enum Chip: Equatable, Sendable {
        case hailo8
        /// With the bitmap of the clusters that work.
        case hailo8l(clusterLayout: UInt32)
    }

    package var chip: Chip
    /// The largest page that a descriptor may have: a power of two from 64 to 4096.
    package var descriptorPageSize: UInt32
    package var dmaEngines: UInt32
    package var constants: HardwareConstants

    package init(chip: Chip, descriptorPageSize: UInt32, dmaEngines: UInt32, constants: HardwareConstants) {
        self.chip = chip
        self.descriptorPageSize = descriptorPageSize
        self.dmaEngines = dmaEngines
        self.constants = constants
    }

    /// A card in a usual computer, for plans that are made without one. A Hailo-8L gets the layout that the model's
    /// group has first.
    package static func typical(_ chip: Chip) -> PlanTarget {
        PlanTarget(chip: chip, descriptorPageSize: 4096, dmaEngines: 1, constants: .firmware4_23)
    }

    package var chipName: String {
        switch chip {
        case .hailo8: "Hailo-8"
        case .hailo8l: "Hailo-8L"
        }
    }

    package func canRun(_ architecture: CompiledArchitecture) -> Bool {
        switch chip {
        case .hailo8: architecture.runsOnHailo8
        case .hailo8l: architecture.runsOnHailo8L
        }
    }

    var clusterLayout: UInt32 {
        switch chip {
        case .hailo8: NetworkGroup.anyClusters
        case .hailo8l(let clusters): clusters
        }
    }

    /// What of a group is loaded into this chip; nil if the group has nothing for it.
    package func contents(of group: NetworkGroup) -> CoreOp? {
        guard case .hailo8l(let clusters) = chip,
            group.layouts.contains(where: { $0.clusters != NetworkGroup.anyClusters })
        else { return group.coreOp }
        return group.layouts.first { $0.clusters == clusters }?.coreOp
    }
}
