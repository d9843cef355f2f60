/// Height, width and features of a tensor.
public struct Shape: Equatable, Sendable {
    public var height: UInt32
    public var width: UInt32
    public var features: UInt32

    public init(_ height: UInt32, _ width: UInt32, _ features: UInt32) {
        self.height = height
        self.width = width
        self.features = features
    }
}
