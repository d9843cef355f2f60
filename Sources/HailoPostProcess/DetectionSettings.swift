internal import HailoBase
package import HailoFormats
package import HailoHEF

extension DetectionSettings {
    /// What the model says; nil for ops that do not choose among boxes.
    package init?(_ op: PostOp) {
        guard let nms = op.nms, !nms.onlyDecodesBoxes else { return nil }
        self.init(
            scoreThreshold: nms.scoreThreshold, overlapThreshold: nms.iouThreshold,
            maximumPerClass: nms.maxProposalsPerClass, maximumTotal: nms.maxProposalsTotal, maximumMaskBytes: 0)
        // Boxes of the chip have passed the model's threshold there.
        if case .iou = op.kind { scoreThreshold = 0 }
        if let boxes = op.output.boxes { maximumMaskBytes = boxes.maximumMaskBytes }
    }

    private static let largestFrame = 1 << 31

    /// Throws if detections cannot be made like that.
    func check(hasMasks: Bool) throws(HailoError) {
        for (name, threshold): (StaticString, Float) in [("score", scoreThreshold), ("IoU", overlapThreshold)] {
            guard threshold.isFinite else {
                throw HailoError(.invalidArgument, "the \(name) threshold is not a finite number")
            }
        }
        guard maximumPerClass > 0, maximumTotal > 0 else {
            throw HailoError(.invalidArgument, "the maximum number of boxes is 0; it must be at least 1")
        }
        guard hasMasks == (maximumMaskBytes > 0) else {
            throw HailoError(
                .invalidArgument,
                hasMasks
                    ? "the memory for masks is limited to 0 bytes, but this output consists of boxes with masks"
                    : "a limit for the memory of masks is set, but this output has no masks")
        }
    }

    static func check(frameSize: Int?) throws(HailoError) -> Int {
        guard let frameSize, frameSize <= largestFrame else {
            throw HailoError(
                .invalidArgument, "with so many boxes a frame would have more than \(largestFrame) bytes")
        }
        guard frameSize > 0 else { throw HailoError(.hefInvalid, "its frames have no bytes") }
        return frameSize
    }
}
