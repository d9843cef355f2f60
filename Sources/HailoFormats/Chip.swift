/// The chips that this library runs.
public enum Chip: Int32, Sendable {
    case hailo8 = 1
    case hailo8l = 2

    /// As in ids of devices: "hailo8".
    public var name: String {
        switch self {
        case .hailo8: "hailo8"
        case .hailo8l: "hailo8l"
        }
    }

    /// For people: "Hailo-8".
    public var title: String {
        switch self {
        case .hailo8: "Hailo-8"
        case .hailo8l: "Hailo-8L"
        }
    }
}
