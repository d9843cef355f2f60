/// What a frame may hold that is a list of boxes.
public struct BoxShape: Equatable, Sendable {
    public var classes: UInt32
    /// In frames that list boxes by class.
    public var maximumPerClass: UInt32
    /// In frames that list boxes by score, or with masks.
    public var maximumTotal: UInt32
    /// Bytes for all masks of a frame; 0 without masks.
    public var maximumMaskBytes: UInt32
    /// The size of the picture that masks refer to; 0 without masks.
    public var pictureHeight: UInt32
    public var pictureWidth: UInt32

    public init(
        classes: UInt32, maximumPerClass: UInt32 = 0, maximumTotal: UInt32 = 0, maximumMaskBytes: UInt32 = 0,
        pictureHeight: UInt32 = 0, pictureWidth: UInt32 = 0
    ) {
        self.classes = classes
        self.maximumPerClass = maximumPerClass
        self.maximumTotal = maximumTotal
        self.maximumMaskBytes = maximumMaskBytes
        self.pictureHeight = pictureHeight
        self.pictureWidth = pictureWidth
    }
}
