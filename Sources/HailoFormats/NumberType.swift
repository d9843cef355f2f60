/// How a number of a tensor is stored; `automatic` leaves it to the model.
public enum NumberType: UInt32, Sendable {
    case automatic = 0
    case uint8 = 1
    case uint16 = 2
    case float32 = 3

    public var name: String {
        switch self {
        case .automatic: "AUTO"
        case .uint8: "UINT8"
        case .uint16: "UINT16"
        case .float32: "FLOAT32"
        }
    }

    public var bytes: UInt32 {
        switch self {
        case .automatic, .uint8: 1
        case .uint16: 2
        case .float32: 4
        }
    }
}
