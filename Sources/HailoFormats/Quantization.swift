/// real = (stored - zeroPoint) × scale; the limits are those of the real values.
public struct Quantization: Equatable, Sendable {
    public var zeroPoint: Float
    public var scale: Float
    public var minimum: Float
    public var maximum: Float

    public init(zeroPoint: Float, scale: Float, minimum: Float, maximum: Float) {
        self.zeroPoint = zeroPoint
        self.scale = scale
        self.minimum = minimum
        self.maximum = maximum
    }

    public static let none = Quantization(zeroPoint: 0, scale: 0, minimum: 0, maximum: 0)

    /// Equal to the last bit: -0 is not 0, and a NaN equals itself.
    public func isIdentical(to other: Quantization) -> Bool {
        zeroPoint.bitPattern == other.zeroPoint.bitPattern && scale.bitPattern == other.scale.bitPattern
            && minimum.bitPattern == other.minimum.bitPattern && maximum.bitPattern == other.maximum.bitPattern
    }
}
