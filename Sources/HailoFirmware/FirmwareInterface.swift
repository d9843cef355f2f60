package import HailoBase

/// How a release of the firmware lays out what it is sent and what it tells, and what it can do. Whoever needs to know asks for
/// a capability, not for a version.
package struct FirmwareInterface: Equatable, Sendable {
    /// The header of a network group and the actions of streams have one layout up to 4.20 and another one from 4.21 on.
    package enum Generation: Sendable {
        case first
        case second
    }

    package let generation: Generation
    /// The actions SLEEP and HALT.
    package let canSleep: Bool

    package init(of firmware: Version) {
        generation = firmware < Version(4, 21, 0) ? .first : .second
        canSleep = firmware >= Version(4, 19, 0)
    }

    package static let newest = FirmwareInterface(of: Version(4, 23, 0))

    /// Whether the firmware knows a kind of action.
    package func knows(_ kind: ActionKind) -> Bool { canSleep || kind != .sleep && kind != .halt }
}
