internal import Base
package import HEF

/// What counts as a detection, and how many of them there may be.
package struct DetectionSettings: Equatable, Sendable {
    package var scoreThreshold: Float
    /// Of two boxes of a class whose intersection, in relation to their union, is as large, only one stays.
    package var overlapThreshold: Float
    /// Where boxes come class by class.
    package var mostPerClass: UInt32
    /// Where they come by their scores, or with masks.
    package var mostInTotal: UInt32
    /// Bytes for all masks of a frame; 0 where there are none.
    package var mostMaskBytes: UInt32

    /// What the model says; nil for ops that do not choose among boxes.
    package init?(_ op: PostOp) {
        guard let nms = op.nms, !nms.onlyDecodesBoxes else { return nil }
        // Boxes of the chip have passed the model's threshold there.
        if case .iou = op.kind { scoreThreshold = 0 } else { scoreThreshold = nms.scoreThreshold }
        overlapThreshold = nms.iouThreshold
        mostPerClass = nms.maxProposalsPerClass
        mostInTotal = nms.maxProposalsTotal
        mostMaskBytes = 0
        if case .boxes(let boxes) = op.output.extent { mostMaskBytes = boxes.maxMaskSize }
    }

    package init(
        scoreThreshold: Float, overlapThreshold: Float, mostPerClass: UInt32, mostInTotal: UInt32,
        mostMaskBytes: UInt32
    ) {
        self.scoreThreshold = scoreThreshold
        self.overlapThreshold = overlapThreshold
        self.mostPerClass = mostPerClass
        self.mostInTotal = mostInTotal
        self.mostMaskBytes = mostMaskBytes
    }

    private static let largestFrame = 1 << 31

    /// Throws if detections cannot be made like that.
    func check(hasMasks: Bool) throws(HailoError) {
        for (name, threshold): (StaticString, Float) in [("score", scoreThreshold), ("IoU", overlapThreshold)] {
            guard threshold.isFinite else {
                throw HailoError(.invalidArgument, "the \(name) threshold is no finite number")
            }
        }
        guard mostPerClass > 0, mostInTotal > 0 else {
            throw HailoError(.invalidArgument, "no boxes at all are allowed; at least one has to be")
        }
        guard hasMasks == (mostMaskBytes > 0) else {
            throw HailoError(
                .invalidArgument,
                hasMasks
                    ? "no memory for masks is allowed, and this output consists of boxes with masks"
                    : "memory for masks is allowed, but this output has none")
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
