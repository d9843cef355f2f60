/// Where the frames come from that a device gives out.
public enum DataOrigin: Int32, Sendable {
    /// A real chip.
    case chip = 0
    /// The emulated core computes them, since the model carries a program for it.
    case computed = 1
    /// They are made up, since nobody but the chip can run the model.
    case synthetic = 2

    public var name: String {
        switch self {
        case .chip: "chip"
        case .computed: "computed"
        case .synthetic: "synthetic"
        }
    }
}
