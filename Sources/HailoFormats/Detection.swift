/// An object that was found in a picture.
public struct Detection: Sendable {
    /// The number of its class.
    public let label: UInt32
    public let score: Float
    /// The edges of its box, in parts of the picture's height and width. They may lie outside the picture.
    public let top, left, bottom, right: Float
    /// Where its mask lies in the frame, row by row, a byte for each pixel; nil without a mask.
    public let mask: (offset: Int, height: Int, width: Int)?

    package init(
        label: UInt32, score: Float, top: Float, left: Float, bottom: Float, right: Float,
        mask: (offset: Int, height: Int, width: Int)?
    ) {
        self.label = label
        self.score = score
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
        self.mask = mask
    }
}
