internal import HailoFormats
internal import HailoHEF

/// How a layer's data is divided into DMA transfers. Sizes wrap around in 32 bits, as in the vendor's library.
extension Layer {
    var isOutput: Bool { direction == .output }

    /// Bytes of one transfer.
    var transferSize: UInt32 {
        guard let nms else { return hardwareFrameSize }
        let burst = nms.burstSize &* nms.boxSize
        switch nms.burstType {
        case .h8Box, .h15Box: return nms.boxSize
        case .h8PerClass, .h15PerClass, .h15PerFrame:
            return nms.burstSize >= nms.delimitedBoxes ? burst &* nms.classes &* nms.chunksPerFrame : burst
        }
    }

    var transfersPerFrame: UInt32 {
        guard let nms else { return 1 }
        switch nms.burstType {
        case .h8Box, .h15Box:
            return nms.classes &* nms.maxBoxesPerClass &* nms.chunksPerFrame
        case .h8PerClass, .h15PerClass, .h15PerFrame:
            guard nms.burstSize > 0 else { return 0 }
            let bursts = (UInt64(nms.delimitedBoxes) + UInt64(nms.burstSize) - 1) / UInt64(nms.burstSize)
            return UInt32(truncatingIfNeeded: bursts) &* nms.classes &* nms.chunksPerFrame
        }
    }
}

extension NmsShape {
    /// The boxes of one class and the marks that end their list.
    fileprivate var delimitedBoxes: UInt32 { maxBoxesPerClass &+ (burstType == .h8PerClass ? 1 : 2) }
}
