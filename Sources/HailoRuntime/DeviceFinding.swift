/// Something that an emulated device noticed about the program that uses it.
public struct DeviceFinding: Equatable, Sendable {
    public enum Kind: Int32, Sendable {
        /// A real driver or card would not have survived it, or would have done the wrong thing in silence.
        case violation = 1
        /// Driver or firmware refused it.
        case refusal = 2
    }

    public let kind: Kind
    public let text: String

    package init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }
}
