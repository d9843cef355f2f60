package import HailoBase
internal import HailoFormats

/// One op of a net-flow file: the network itself, or something that the host does with its outputs.
package struct PostOpMessage: WireMessage, Sendable {
    package enum Kind: Sendable {
        case unset
        indirect case core(CoreOpMessage)
        case nms(NmsOpMessage)
        case logits(LogitsOpMessage)
    }
    package var name = ""
    package var inputPads: Series<PadMessage> = []
    package var outputPads: Series<PadMessage> = []
    package var kind = Kind.unset

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &name)
        _ = visitor.field(2, &inputPads)
        _ = visitor.field(3, &outputPads)
        _ = visitor.member(4, { if case .core(let value) = kind { value } else { nil } }) { kind = .core($0) }
        _ = visitor.member(5, { if case .nms(let value) = kind { value } else { nil } }) { kind = .nms($0) }
        _ = visitor.member(6, { if case .logits(let value) = kind { value } else { nil } }) { kind = .logits($0) }
    }
}

package struct PadMessage: WireMessage, Sendable {
    package var index: UInt32 = 0
    package var name = ""
    package var formatOrder: Int32 = 0
    package var formatType: Int32 = 0
    package var numeric = NumericInfoMessage()

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &index)
        _ = visitor.field(2, &name)
        _ = visitor.field(3, &formatOrder)
        _ = visitor.field(5, &numeric)
        visitor.unread(6, EmptyMessage.self)
        visitor.unread(7, EmptyMessage.self)
        _ = visitor.field(8, &formatType)
    }
}

package struct PadEdgeMessage: WireMessage, Sendable {
    package var source: UInt32 = 0
    package var destination: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &source)
        _ = visitor.field(2, &destination)
    }
}

package struct LogitsOpMessage: WireMessage, Sendable {
    /// 0 argmax, 1 softmax.
    package var type: Int32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &type)
    }
}

package struct NmsOpMessage: WireMessage, Sendable {
    package enum Kind: Sendable {
        case unset
        case yolov5(YoloOpMessage)
        case yolox(YoloxOpMessage)
        case ssd(SsdOpMessage)
        case iou(EmptyMessage)
        case yolov5Segmentation(YoloSegmentationOpMessage)
        case yolov8(Yolov8OpMessage)
    }
    package var scoreThreshold = 0.0
    package var iouThreshold = 0.0
    package var maxProposalsPerClass: UInt32 = 0
    package var classes: UInt32 = 0
    package var removesBackground = false
    package var backgroundIndex: UInt32 = 0
    package var onlyDecodesBoxes = false
    package var kind = Kind.unset

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &scoreThreshold)
        _ = visitor.field(2, &iouThreshold)
        _ = visitor.field(3, &maxProposalsPerClass)
        _ = visitor.field(4, &classes)
        _ = visitor.field(5, &removesBackground)
        _ = visitor.field(6, &backgroundIndex)
        _ = visitor.member(7, { if case .yolov5(let value) = kind { value } else { nil } }) { kind = .yolov5($0) }
        _ = visitor.member(8, { if case .yolox(let value) = kind { value } else { nil } }) { kind = .yolox($0) }
        _ = visitor.member(9, { if case .ssd(let value) = kind { value } else { nil } }) { kind = .ssd($0) }
        _ = visitor.member(10, { if case .iou(let value) = kind { value } else { nil } }) { kind = .iou($0) }
        _ = visitor.member(11, { if case .yolov5Segmentation(let value) = kind { value } else { nil } }) {
            kind = .yolov5Segmentation($0)
        }
        _ = visitor.member(12, { if case .yolov8(let value) = kind { value } else { nil } }) { kind = .yolov8($0) }
        _ = visitor.field(13, &onlyDecodesBoxes)
    }
}

package struct YoloDecoderMessage: WireMessage, Sendable {
    package var heights: Series<UInt32> = []
    package var widths: Series<UInt32> = []
    package var stride: UInt32 = 0
    package var pad: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(2, &heights)
        _ = visitor.field(3, &widths)
        _ = visitor.field(4, &stride)
        _ = visitor.field(5, &pad)
    }
}

package struct YoloOpMessage: WireMessage, Sendable {
    package var imageHeight = 0.0
    package var imageWidth = 0.0
    package var decoders: Series<YoloDecoderMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &imageHeight)
        _ = visitor.field(2, &imageWidth)
        _ = visitor.field(4, &decoders)
    }
}

package struct YoloxDecoderMessage: WireMessage, Sendable {
    package var stride: UInt32 = 0
    package var boxPad: UInt32 = 0
    package var classPad: UInt32 = 0
    package var objectnessPad: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &stride)
        _ = visitor.field(2, &boxPad)
        _ = visitor.field(3, &classPad)
        _ = visitor.field(4, &objectnessPad)
    }
}

package struct YoloxOpMessage: WireMessage, Sendable {
    package var imageHeight = 0.0
    package var imageWidth = 0.0
    package var decoders: Series<YoloxDecoderMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &imageHeight)
        _ = visitor.field(2, &imageWidth)
        _ = visitor.field(3, &decoders)
    }
}

package struct SsdDecoderMessage: WireMessage, Sendable {
    package var heights: Series<Float> = []
    package var widths: Series<Float> = []
    package var boxPad: UInt32 = 0
    package var classPad: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &heights)
        _ = visitor.field(2, &widths)
        _ = visitor.field(3, &boxPad)
        _ = visitor.field(4, &classPad)
    }
}

package struct SsdOpMessage: WireMessage, Sendable {
    package var imageHeight = 0.0
    package var imageWidth = 0.0
    package var centersScale: UInt32 = 0
    package var sizesScale: UInt32 = 0
    package var yIndex: UInt32 = 0
    package var xIndex: UInt32 = 0
    package var heightIndex: UInt32 = 0
    package var widthIndex: UInt32 = 0
    package var decoders: Series<SsdDecoderMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &imageHeight)
        _ = visitor.field(2, &imageWidth)
        _ = visitor.field(3, &centersScale)
        _ = visitor.field(4, &sizesScale)
        _ = visitor.field(5, &yIndex)
        _ = visitor.field(6, &xIndex)
        _ = visitor.field(7, &heightIndex)
        _ = visitor.field(8, &widthIndex)
        _ = visitor.field(9, &decoders)
    }
}

package struct YoloSegmentationOpMessage: WireMessage, Sendable {
    package var imageHeight = 0.0
    package var imageWidth = 0.0
    package var decoders: Series<YoloDecoderMessage> = []
    package var prototypes = PrototypesMessage()
    package var maskThreshold = 0.0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &imageHeight)
        _ = visitor.field(2, &imageWidth)
        _ = visitor.field(3, &decoders)
        _ = visitor.field(4, &prototypes)
        _ = visitor.field(5, &maskThreshold)
    }
}

package struct PrototypesMessage: WireMessage, Sendable {
    package var number: UInt32 = 0
    package var stride: UInt32 = 0
    package var layer = ""

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &number)
        _ = visitor.field(2, &stride)
        _ = visitor.field(3, &layer)
    }
}

package struct Yolov8DecoderMessage: WireMessage, Sendable {
    package var stride: UInt32 = 0
    package var boxPad: UInt32 = 0
    package var classPad: UInt32 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &stride)
        _ = visitor.field(2, &boxPad)
        _ = visitor.field(3, &classPad)
    }
}

package struct Yolov8OpMessage: WireMessage, Sendable {
    package var imageHeight = 0.0
    package var imageWidth = 0.0
    package var decoders: Series<Yolov8DecoderMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &imageHeight)
        _ = visitor.field(2, &imageWidth)
        _ = visitor.field(4, &decoders)
    }
}
