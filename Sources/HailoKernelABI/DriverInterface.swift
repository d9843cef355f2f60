package import HailoBase

/// How a release of the kernel driver lays out its requests, and what it can do. Whoever needs to know asks for a capability,
/// not for a version.
package struct DriverInterface: Equatable, Sendable {
    /// Three requests have one layout up to 4.20 and another one from 4.21 on.
    package enum Generation: Sendable {
        case first
        case second
    }

    package let generation: Generation
    /// Whether disabling channels leaves the transfers of other channels alone.
    package let disablesNamedChannelsOnly: Bool
    /// The errno that ends the waiting for notifications is ECANCELED, and that for lists without memory ENOBUFS.
    package let hasDistinctErrors: Bool

    package init(of driver: Version) {
        generation = driver < Version(4, 21, 0) ? .first : .second
        disablesNamedChannelsOnly = driver >= Version(4, 19, 0)
        hasDistinctErrors = driver >= Version(4, 20, 0)
    }

    package static let newest = DriverInterface(of: Version(4, 23, 0))

    /// Whether descriptors can point to memory at distances other than their page size.
    package var canStride: Bool { generation == .second }
}
