package import HailoBase

/// The boxes that the chip delivers after non-maximum suppression.
package struct NmsShape: Equatable, Sendable {
    package enum BurstType: UInt32, Sendable {
        case h8Box = 0
        case h15Box = 1
        case h8PerClass = 2
        case h15PerClass = 3
        case h15PerFrame = 4
    }

    package var classes: UInt32
    package var maxBoxesPerClass: UInt32
    package var boxSize: UInt32
    package var chunksPerFrame: UInt32
    package var burstSize: UInt32
    package var burstType: BurstType
    package var isDefused: Bool
    package var classGroup: UInt32
    package var originalName: Name

    package init(
        classes: UInt32, maxBoxesPerClass: UInt32, boxSize: UInt32, chunksPerFrame: UInt32, burstSize: UInt32,
        burstType: BurstType, isDefused: Bool, classGroup: UInt32, originalName: Name
    ) {
        self.classes = classes
        self.maxBoxesPerClass = maxBoxesPerClass
        self.boxSize = boxSize
        self.chunksPerFrame = chunksPerFrame
        self.burstSize = burstSize
        self.burstType = burstType
        self.isDefused = isDefused
        self.classGroup = classGroup
        self.originalName = originalName
    }

    /// Lists of boxes in a frame: one for each class in each part of the picture. Nonsense is limited to what can be counted.
    package var lists: Int { Int(min(UInt64(classes) * UInt64(chunksPerFrame), UInt64(Int32.max))) }

    package var maxBoxesTotal: UInt32 { classes &* maxBoxesPerClass }

    package var hardwareFrameSize: UInt32 {
        chunksPerFrame &* classes &* (2 &+ boxSize &* max(burstSize, maxBoxesPerClass)) &+ boxSize &* burstSize
    }
}
