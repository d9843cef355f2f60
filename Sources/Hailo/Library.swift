internal import CHailoSwift
// Parts of this module's interface live in rooms of their own; users import Hailo only.
@_exported public import HailoBase
@_exported public import HailoFormats
@_exported public import HailoRuntime

/// The library itself.
public enum Library {
    /// The version of the library.
    public static let version = HAILOSWIFT_VERSION
}
