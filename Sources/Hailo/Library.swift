internal import CHailoSwift
// Errors, statuses, versions and the log are part of this module's interface: who imports Hailo need not know of Base.
@_exported public import Base

/// The library itself.
public enum Library {
    /// The version of the library.
    public static let version = HAILOSWIFT_VERSION
}
