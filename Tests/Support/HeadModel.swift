import HailoBase
package import HailoHEF
import HailoHEFWriter
internal import HailoPostProcess
package import HailoFormats

/// The end of a network, written down in words: what the host does, the layers that it works on, how they are decoded. From
/// that a model is made, and frames for it.
///
///     NAME KIND CLASSES PER_CLASS TOTAL SCORE IOU FORM BACKGROUND HEIGHT WIDTH SEED MASK_BYTES MASK_THRESHOLD
///     LAYERS (NAME H W F PADDED_H PADDED_W PADDED_F WIDE ZERO SCALE LOW HIGH RARE)… DECODERS …
///
/// FORM is 0 for boxes class by class, 1 for those by score, 2 for those of all anchors, 3 for boxes with masks. Numbers of a
/// layer are random ones from LOW to HIGH, but for every one in RARE, which may be any.
package struct HeadModel {
    package struct Output {
        package let name: String
        package let shape, padded: Shape
        let isWide: Bool
        package let zeroPoint, scale: Float
        let low, high, rare: UInt64

        package var count: Int { Int(padded.height * padded.width * padded.features) }
    }

    package let name, kind: String
    package let form: Int
    package let settings: DetectionSettings
    package private(set) var outputs: [Output] = []
    package let classes: UInt32
    private let background: Int
    private let height, width: Double
    private let seed: UInt64
    private let maskThreshold: Double
    private let decoders: Int
    private let rest: [Substring]

    package init(_ text: some StringProtocol) {
        var words = text.split(separator: " ").map { Substring($0) }[...]
        func number<Number: LosslessStringConvertible>(_ type: Number.Type = Number.self) -> Number {
            required(Number(String(words.removeFirst())))
        }
        name = String(words.removeFirst())
        kind = String(words.removeFirst())
        classes = number()
        let (perClass, total): (UInt32, UInt32) = (number(), number())
        let (score, overlap): (Float, Float) = (number(), number())
        form = number()
        background = number()
        (height, width) = (number(), number())
        seed = number()
        let maskBytes: UInt32 = number()
        maskThreshold = number()
        settings = DetectionSettings(
            scoreThreshold: score, overlapThreshold: overlap, maximumPerClass: perClass, maximumTotal: total,
            maximumMaskBytes: maskBytes)
        let count: Int = number()
        for _ in 0..<count {
            let name = String(words.removeFirst())
            func shape() -> Shape { Shape(number(), number(), number()) }
            outputs.append(
                Output(
                    name: name, shape: shape(), padded: shape(), isWide: number(Int.self) == 1, zeroPoint: number(),
                    scale: number(), low: number(), high: number(), rare: number()))
        }
        decoders = number()
        rest = Array(words)
    }

    /// The frames of the layers, in the order of the op's inputs.
    package func frames(_ op: PostOp) -> [UnsafeMutableRawBufferPointer] {
        op.inputs.map { input in
            let index = required(outputs.firstIndex { $0.name == input.name.text })
            let output = outputs[index]
            var random = SplitMix(seed * 1000 + UInt64(index))
            let memory = UnsafeMutableRawBufferPointer.allocate(
                byteCount: output.count * (output.isWide ? 2 : 1), alignment: 64)
            for place in 0..<output.count {
                let bits = random.next()
                let isRare = output.rare > 0 && (bits >> 40) % output.rare == 0
                let low = bits & 0xffff_ffff
                let value =
                    isRare ? low % (output.isWide ? 65536 : 256) : output.low + low % (output.high - output.low + 1)
                if output.isWide {
                    memory.storeBytes(of: UInt16(value), toByteOffset: 2 * place, as: UInt16.self)
                } else {
                    memory[place] = UInt8(value)
                }
            }
            return memory
        }
    }

    // MARK: The model

    /// The op of the model. With `factor`, each feature of a layer has a scale of its own, so many times the layer's.
    package func op(factor: ((Int) -> Float)? = nil) throws -> PostOp {
        var group = SmallModel.group(named: "net")
        group.contexts[0].metadata.edgeLayers.removeLast()
        if factor != nil, case .info(var input) = group.contexts[0].metadata.edgeLayers[0].kind {
            input.numeric.scales = [0.5, 0.5, 0.5]
            input.numeric.zeroPoints = [3, 3, 3]
            group.contexts[0].metadata.edgeLayers[0].kind = .info(input)
        }
        for (stream, output) in outputs.enumerated() {
            group.contexts[0].metadata.edgeLayers.append(layer(output, stream, factor))
        }
        group.sortedOutputsOrder = Series(outputs.map { $0.name })
        var message = SmallModel.message()
        // Without this extension padding is the chip's own business for some shapes.
        var padding = ExtensionMessage()
        padding.typeIndex = 11
        message.optionalExtensions = [padding]
        if factor != nil {
            var scales = ExtensionMessage()
            scales.typeIndex = 25
            message.extensions.append(scales)
        }
        var flow = NetFlow(group)
        flow.add(.nms(decoder(flow)), reading: outputs.map { $0.name }, delivering: "out")
        flow.put(into: &message)
        let bytes = HefBuilder(version: 2, message: message).build()
        return try bytes.withUnsafeBytes { try HefFile($0) }.groups[0].postOps[0]
    }

    private func layer(_ output: Output, _ stream: Int, _ factor: ((Int) -> Float)?) -> EdgeLayerMessage {
        var layer = SmallModel.layer(
            output.name, isOutput: true, format: 1, output.shape, features: output.padded.features)
        guard case .info(var info) = layer.kind else { return layer }
        info.numeric.scale = output.scale
        info.numeric.zeroPoint = output.zeroPoint
        if let factor {
            let features = 0..<Int(output.shape.features)
            info.numeric.scales = Series(features.map { Double(output.scale * factor($0)) })
            info.numeric.zeroPoints = Series(features.map { _ in Double(output.zeroPoint) })
        }
        info.base.paddedHeight = output.padded.height
        info.base.paddedWidth = output.padded.width
        info.base.dataBytes = output.isWide ? 2 : 1
        info.base.stream = UInt32(stream)
        info.base.coreBytesPerBuffer = output.padded.width * output.padded.features * info.base.dataBytes
        layer.kind = .info(info)
        return layer
    }

    private func decoder(_ flow: NetFlow) -> NmsOpMessage {
        var nms = NmsOpMessage()
        nms.scoreThreshold = Double(settings.scoreThreshold)
        nms.iouThreshold = Double(settings.overlapThreshold)
        nms.maxProposalsPerClass = settings.maximumPerClass
        nms.classes = classes
        nms.removesBackground = background >= 0
        nms.backgroundIndex = UInt32(max(background, 0))
        nms.onlyDecodesBoxes = form == 2
        var words = rest[...]
        func pad() -> UInt32 { required(flow.pad(String(words.removeFirst()))) }
        func number<Number: LosslessStringConvertible>() -> Number { required(Number(String(words.removeFirst()))) }
        func yolo() -> [YoloDecoderMessage] {
            (0..<decoders).map { _ in
                var decoder = YoloDecoderMessage()
                decoder.pad = pad()
                let anchors: Int = number()
                for _ in 0..<anchors {
                    decoder.widths.append(number())
                    decoder.heights.append(number())
                }
                return decoder
            }
        }
        switch kind {
        case "yolov8":
            var op = Yolov8OpMessage()
            (op.imageHeight, op.imageWidth) = (height, width)
            op.decoders = Series(
                (0..<decoders).map { _ in
                    var decoder = Yolov8DecoderMessage()
                    (decoder.boxPad, decoder.classPad, decoder.stride) = (pad(), pad(), number())
                    return decoder
                })
            nms.kind = .yolov8(op)
        case "yolox":
            var op = YoloxOpMessage()
            (op.imageHeight, op.imageWidth) = (height, width)
            op.decoders = Series(
                (0..<decoders).map { _ in
                    var decoder = YoloxDecoderMessage()
                    (decoder.boxPad, decoder.objectnessPad, decoder.classPad) = (pad(), pad(), pad())
                    return decoder
                })
            nms.kind = .yolox(op)
        case "ssd":
            var op = SsdOpMessage()
            (op.imageHeight, op.imageWidth) = (height, width)
            (op.centersScale, op.sizesScale) = (number(), number())
            op.decoders = Series(
                (0..<decoders).map { _ in
                    var decoder = SsdDecoderMessage()
                    (decoder.boxPad, decoder.classPad) = (pad(), pad())
                    let anchors: Int = number()
                    for _ in 0..<anchors {
                        decoder.widths.append(number())
                        decoder.heights.append(number())
                    }
                    return decoder
                })
            nms.kind = .ssd(op)
        case "yolov5seg":
            var op = YoloSegmentationOpMessage()
            (op.imageHeight, op.imageWidth) = (height, width)
            op.decoders = Series(yolo())
            op.maskThreshold = maskThreshold
            op.prototypes.layer = String(words.removeFirst())
            nms.kind = .yolov5Segmentation(op)
        default:
            var op = YoloOpMessage()
            (op.imageHeight, op.imageWidth) = (height, width)
            op.decoders = Series(yolo())
            nms.kind = .yolov5(op)
        }
        return nms
    }

    package var format: Format {
        Format(.float32, [.nmsByClass, .nmsByScore, .nhwc, .nmsWithByteMask][form])
    }
}

/// What a description has to have.
private func required<Value>(_ value: Value?) -> Value {
    guard let value else { fatalError("a head is written down wrongly") }
    return value
}
