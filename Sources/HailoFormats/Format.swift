/// How the numbers of a tensor are stored and in which order.
public struct Format: Equatable, Sendable {
    public var type: NumberType
    public var order: Order
    public var isTransposed: Bool

    public init(_ type: NumberType, _ order: Order, isTransposed: Bool = false) {
        self.type = type
        self.order = order
        self.isTransposed = isTransposed
    }

    /// The flags word of the vendor's interface.
    public var flags: UInt32 { isTransposed ? 2 : 0 }
}
