public import Base
internal import HEF
internal import PostProcess

// What was found in a picture.
extension Session {
    /// What counts as a detection, and how many of them there may be.
    public struct DetectionSettings: Equatable, Sendable {
        /// Below that, a candidate counts for nothing.
        public var scoreThreshold: Float
        /// Of two boxes of a class whose intersection is at least that part of their union, only one stays.
        public var overlapThreshold: Float
        /// Where boxes come class by class.
        public var mostPerClass: UInt32
        /// Where they come by their scores, or with masks.
        public var mostInTotal: UInt32
        /// Bytes for all masks of a frame; 0 for outputs without.
        public var mostMaskBytes: UInt32

        public init(
            scoreThreshold: Float, overlapThreshold: Float, mostPerClass: UInt32, mostInTotal: UInt32,
            mostMaskBytes: UInt32
        ) {
            self.scoreThreshold = scoreThreshold
            self.overlapThreshold = overlapThreshold
            self.mostPerClass = mostPerClass
            self.mostInTotal = mostInTotal
            self.mostMaskBytes = mostMaskBytes
        }

        fileprivate init(_ settings: PostProcess.DetectionSettings) {
            self.init(
                scoreThreshold: settings.scoreThreshold, overlapThreshold: settings.overlapThreshold,
                mostPerClass: settings.mostPerClass, mostInTotal: settings.mostInTotal,
                mostMaskBytes: settings.mostMaskBytes)
        }

        fileprivate var inner: PostProcess.DetectionSettings {
            PostProcess.DetectionSettings(
                scoreThreshold: scoreThreshold, overlapThreshold: overlapThreshold, mostPerClass: mostPerClass,
                mostInTotal: mostInTotal, mostMaskBytes: mostMaskBytes)
        }
    }

    /// What a frame of boxes may consist of.
    public struct Boxes: Equatable, Sendable {
        public let classes, mostPerClass, mostInTotal, mostMaskBytes: UInt32
        /// Of the picture that masks refer to; 0 for outputs without.
        public let pictureHeight, pictureWidth: UInt32

        package init(
            classes: UInt32, mostPerClass: UInt32, mostInTotal: UInt32, mostMaskBytes: UInt32, pictureHeight: UInt32,
            pictureWidth: UInt32
        ) {
            self.classes = classes
            self.mostPerClass = mostPerClass
            self.mostInTotal = mostInTotal
            self.mostMaskBytes = mostMaskBytes
            self.pictureHeight = pictureHeight
            self.pictureWidth = pictureWidth
        }
    }

    /// Something that was found in a picture. Its corners are in parts of the picture's height and width.
    public struct Detection: Sendable {
        /// The number of its class.
        public let label: UInt32
        public let score: Float
        public let top, left, bottom, right: Float
        /// Where its mask is in the frame, row by row, a byte for each pixel; nil without one.
        public let mask: (offset: Int, height: Int, width: Int)?
    }

    /// What the host takes for a detection in an output.
    public func detectionSettings(of output: String) throws(HailoError) -> DetectionSettings {
        let ports = try ports
        let port = ports.outputs[try ports.index(Name(output), isOutput: true)]
        guard let settings = port.detection else { throw port.choosesNoBoxes }
        return DetectionSettings(settings)
    }

    /// Chooses what counts as a detection in jobs that are submitted from now on. Limits change the size of the frames.
    public func set(_ settings: DetectionSettings, ofOutput output: String) throws(HailoError) {
        try choose(Name(output), settings.inner)
    }
}

extension Session.Port {
    /// What is in a frame of this output, in the order of the frame.
    public func detections(in frame: UnsafeRawBufferPointer) throws(HailoError) -> [Session.Detection] {
        var found: [Session.Detection] = []
        guard let boxes else {
            throw HailoError(.invalidOperation, "frames of \"\(name)\" are no lists of boxes")
        }
        try Session.Detection.read(frame, order: order, boxes) { found.append($0) }
        return found
    }
}

extension Session.Detection {
    /// Gives all detections of a frame to `body`.
    package static func read(
        _ frame: UnsafeRawBufferPointer, order: UInt32, _ boxes: Session.Boxes, _ body: (Session.Detection) -> Void
    ) throws(HailoError) {
        let reader = try DetectionReader(
            Order(rawValue: order), classes: Int(boxes.classes), height: Float(boxes.pictureHeight),
            width: Float(boxes.pictureWidth))
        try reader.read(frame) { found in
            body(
                Session.Detection(
                    label: found.label, score: found.score, top: found.top, left: found.left, bottom: found.bottom,
                    right: found.right, mask: found.mask))
        }
    }
}
