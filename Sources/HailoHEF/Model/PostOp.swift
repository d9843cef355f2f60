package import HailoBase
internal import HailoFormats

/// Something that the model asks of the host: boxes out of raw feature maps, argmax, softmax.
package struct PostOp: Sendable {
    /// A layer whose data the op works on.
    package struct Input: Sendable {
        package let layer: Layer
        package var name: Name { layer.name }
    }

    package enum Kind: Sendable {
        case yolov5(Yolo)
        case yolov5Segmentation(Yolo, prototypes: Name, maskThreshold: Float)
        case yolov8(image: ImageSize, decoders: [Pair])
        case yolox(image: ImageSize, decoders: [Triple])
        case ssd(Ssd)
        case iou
        case argmax
        case softmax
    }

    package struct ImageSize: Equatable, Sendable {
        package let height, width: Float
    }

    package struct Yolo: Sendable {
        package let image: ImageSize
        package let decoders: [Anchors]

        /// Width and height of each anchor of a layer.
        package struct Anchors: Sendable {
            package let layer: Name
            package let widths, heights: [UInt32]
        }
    }

    /// The layers with the boxes and the scores of the classes at one scale.
    package struct Pair: Sendable {
        package let boxes, classes: Name
        package let stride: UInt32
    }

    package struct Triple: Sendable {
        package let boxes, classes, objectness: Name
    }

    package struct Ssd: Sendable {
        package let image: ImageSize
        package let centersScale, sizesScale: UInt32
        /// At which place of a box's four numbers y, x, height and width stand.
        package let yIndex, xIndex, heightIndex, widthIndex: UInt32
        package let decoders: [Decoder]

        package struct Decoder: Sendable {
            package let boxes, classes: Name
            package let widths, heights: [Float]
        }
    }

    /// What all ops that find boxes have in common.
    package struct NmsSettings: Sendable {
        package let scoreThreshold, iouThreshold: Float
        package let maxProposalsPerClass: UInt32
        /// With the background.
        package let classes: UInt32
        /// The class that counts as background and is left out.
        package let background: UInt32?
        package let onlyDecodesBoxes: Bool

        package var maxProposalsTotal: UInt32 { maxProposalsPerClass &* classes }
    }

    package let kind: Kind
    package let nms: NmsSettings?
    /// By name, each once.
    package let inputs: [Input]
    /// What a user sees.
    package let output: Tensor

    package var name: StaticString {
        let onlyDecodes = nms?.onlyDecodesBoxes ?? false
        switch kind {
        case .yolov5: return onlyDecodes ? "YOLOv5 box decoding" : "YOLOv5 NMS"
        case .yolov5Segmentation: return "YOLOv5 segmentation"
        case .yolov8: return onlyDecodes ? "YOLOv8 box decoding" : "YOLOv8 NMS"
        case .yolox: return "YOLOX NMS"
        case .ssd: return "SSD NMS"
        case .iou: return "IoU NMS"
        case .argmax: return "argmax"
        case .softmax: return "softmax"
        }
    }
}
