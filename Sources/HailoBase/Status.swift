internal import CHailoSwift

/// The result codes of the C interface; the header's table is their only definition.
public struct Status: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    private init(_ constant: Int) {
        rawValue = Int32(truncatingIfNeeded: constant)
    }

    public static let ok = Status(HAILOSWIFT_OK)
    public static let invalidArgument = Status(HAILOSWIFT_INVALID_ARGUMENT)
    public static let invalidHandle = Status(HAILOSWIFT_INVALID_HANDLE)
    public static let notFound = Status(HAILOSWIFT_NOT_FOUND)
    public static let permissionDenied = Status(HAILOSWIFT_PERMISSION_DENIED)
    public static let busy = Status(HAILOSWIFT_BUSY)
    public static let unsupportedDriver = Status(HAILOSWIFT_UNSUPPORTED_DRIVER)
    public static let unsupportedDevice = Status(HAILOSWIFT_UNSUPPORTED_DEVICE)
    public static let driverFailure = Status(HAILOSWIFT_DRIVER_FAILURE)
    public static let firmwareRejected = Status(HAILOSWIFT_FIRMWARE_REJECTED)
    public static let firmwareResponse = Status(HAILOSWIFT_FIRMWARE_RESPONSE)
    public static let firmwareNotLoaded = Status(HAILOSWIFT_FIRMWARE_NOT_LOADED)
    public static let timeout = Status(HAILOSWIFT_TIMEOUT)
    public static let deviceLost = Status(HAILOSWIFT_DEVICE_LOST)
    public static let outOfMemory = Status(HAILOSWIFT_OUT_OF_MEMORY)
    public static let canceled = Status(HAILOSWIFT_CANCELED)
    public static let unknownID = Status(HAILOSWIFT_UNKNOWN_ID)
    public static let fileError = Status(HAILOSWIFT_FILE_ERROR)
    public static let hefCorrupted = Status(HAILOSWIFT_HEF_CORRUPTED)
    public static let hefUnsupported = Status(HAILOSWIFT_HEF_UNSUPPORTED)
    public static let hefInvalid = Status(HAILOSWIFT_HEF_INVALID)
    public static let hefIncompatible = Status(HAILOSWIFT_HEF_INCOMPATIBLE)
    public static let notImplemented = Status(HAILOSWIFT_NOT_IMPLEMENTED)
    public static let invalidOperation = Status(HAILOSWIFT_INVALID_OPERATION)
    public static let unexpectedValue = Status(HAILOSWIFT_UNEXPECTED_VALUE)
    public static let modelTooLarge = Status(HAILOSWIFT_MODEL_TOO_LARGE)

    /// The name in the header's table, such as "NOT_FOUND".
    public var name: String { String(cString: hailoswift_status_name(rawValue)) }

    /// One sentence on what the code means.
    public var text: String { String(cString: hailoswift_status_text(rawValue)) }
}
