/// What counts as a detection, and how many there may be.
public struct DetectionSettings: Equatable, Sendable {
    /// Candidates with a lower score are ignored.
    public var scoreThreshold: Float
    /// Of two boxes of a class whose intersection is at least this part of their union, only the better one stays.
    public var overlapThreshold: Float
    /// Maximum number of boxes of a class, in frames that list boxes by class.
    public var maximumPerClass: UInt32
    /// Maximum number of boxes, in frames that list boxes by score or with masks.
    public var maximumTotal: UInt32
    /// Bytes for all masks of a frame; 0 for outputs without masks.
    public var maximumMaskBytes: UInt32

    public init(
        scoreThreshold: Float, overlapThreshold: Float, maximumPerClass: UInt32, maximumTotal: UInt32,
        maximumMaskBytes: UInt32
    ) {
        self.scoreThreshold = scoreThreshold
        self.overlapThreshold = overlapThreshold
        self.maximumPerClass = maximumPerClass
        self.maximumTotal = maximumTotal
        self.maximumMaskBytes = maximumMaskBytes
    }
}
