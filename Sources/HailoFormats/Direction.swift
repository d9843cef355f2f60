/// Which way data goes, as the host sees it.
public enum Direction: Int32, Sendable {
    /// From the host to the device.
    case input = 0
    /// From the device to the host.
    case output = 1

    /// "input" or "output".
    public var name: String {
        switch self {
        case .input: "input"
        case .output: "output"
        }
    }
}
