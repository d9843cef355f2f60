internal import HailoBase
internal import HailoFormats
internal import HailoCoreProgram
internal import HailoHEF
internal import HailoHEFWriter

/// Something that the host does with outputs of a network, as one line of its description says it. It finds boxes, or the
/// largest feature, or takes the softmax.
struct HostOp {
    static let kinds = ["yolov5", "yolov5seg", "yolov8", "yolox", "ssd", "host_argmax", "host_softmax"]

    private let layer: NetworkDescription.Layer
    private let lowering: Lowering
    private var reader: LayerArguments
    /// The outputs that it works on, each once.
    private(set) var sources: [String] = []

    init(_ layer: NetworkDescription.Layer, of lowering: Lowering) {
        self.layer = layer
        self.lowering = lowering
        reader = LayerArguments(layer, in: lowering.description, lowering.arrays)
    }

    /// Adds it to the contents of a file, in which `name` gives the names of layers.
    mutating func add(to flow: inout NetFlow, name: (String) -> String) throws(HailoError) {
        func pad(_ source: String) -> UInt32 { flow.pad(name(source)) ?? 0 }
        let kind: PostOpMessage.Kind
        switch layer.kind {
        case "host_argmax", "host_softmax":
            guard layer.sources.count == 1 else { throw reader.wrong("it takes from=ONE") }
            _ = try output(layer.sources[0])
            var logits = LogitsOpMessage()
            logits.type = layer.kind == "host_softmax" ? 1 : 0
            kind = .logits(logits)
        default: kind = .nms(try boxes(pad))
        }
        try reader.finish()
        flow.add(kind, reading: sources.map(name), delivering: name(layer.name))
    }

    // MARK: Boxes

    private mutating func boxes(_ pad: (String) -> UInt32) throws(HailoError) -> NmsOpMessage {
        var message = NmsOpMessage()
        message.scoreThreshold = try reader.real("score", or: 0.3)
        message.iouThreshold = try reader.real("iou", or: 0.5)
        let most = try reader.number("most", or: 100)
        guard most > 0 else { throw reader.wrong("most takes a number from 1, not \(most)") }
        message.maxProposalsPerClass = UInt32(most)
        let background = try reader.number("background", or: -1)
        message.removesBackground = background >= 0
        message.backgroundIndex = UInt32(max(background, 0))
        message.onlyDecodesBoxes = try reader.word("only_boxes", ["yes", "no"], or: "no") == "yes"
        let picture = try reader.list("picture", "x", counts: [2], or: nil)
        let (height, width) = (Double(picture[0]), Double(picture[1]))
        switch layer.kind {
        case "yolov5", "yolov5seg":
            message.classes = UInt32(clamping: try reader.number("classes", or: nil))
            let decoders = try yoloDecoders(pad)
            if layer.kind == "yolov5" {
                var op = YoloOpMessage()
                (op.imageHeight, op.imageWidth, op.decoders) = (height, width, decoders)
                message.kind = .yolov5(op)
            } else {
                var op = YoloSegmentationOpMessage()
                (op.imageHeight, op.imageWidth, op.decoders) = (height, width, decoders)
                op.maskThreshold = try reader.real("mask", or: 0.5)
                let prototypes = try reader.text("prototypes")
                _ = try output(prototypes)
                op.prototypes.layer = lowering.description.name + "/" + prototypes
                message.kind = .yolov5Segmentation(op)
            }
        case "ssd":
            let boxes = try outputs("boxes")
            let classes = try outputs("classes", count: boxes.count)
            let anchors = try anchors(boxes.count)
            let scales = try reader.list("scales", ",", counts: [2], or: [10, 5])
            message.classes = UInt32(clamping: classes[0].extent.features / max(anchors[0].count, 1))
            var op = SsdOpMessage()
            (op.imageHeight, op.imageWidth) = (height, width)
            (op.centersScale, op.sizesScale) = (UInt32(scales[0]), UInt32(scales[1]))
            for index in boxes.indices {
                var decoder = SsdDecoderMessage()
                (decoder.boxPad, decoder.classPad) = (pad(boxes[index].name), pad(classes[index].name))
                decoder.widths = Series(anchors[index].map { Float($0.width) })
                decoder.heights = Series(anchors[index].map { Float($0.height) })
                op.decoders.append(decoder)
            }
            message.kind = .ssd(op)
        default:
            let boxes = try outputs("boxes")
            let classes = try outputs("classes", count: boxes.count)
            message.classes = UInt32(clamping: classes[0].extent.features)
            if layer.kind == "yolox" {
                let objectness = try outputs("objectness", count: boxes.count)
                var op = YoloxOpMessage()
                (op.imageHeight, op.imageWidth) = (height, width)
                for index in boxes.indices {
                    var decoder = YoloxDecoderMessage()
                    (decoder.boxPad, decoder.classPad) = (pad(boxes[index].name), pad(classes[index].name))
                    decoder.objectnessPad = pad(objectness[index].name)
                    op.decoders.append(decoder)
                }
                message.kind = .yolox(op)
            } else {
                let strides = try reader.list("strides", ",", counts: [boxes.count], or: nil)
                var op = Yolov8OpMessage()
                (op.imageHeight, op.imageWidth) = (height, width)
                for index in boxes.indices {
                    var decoder = Yolov8DecoderMessage()
                    (decoder.boxPad, decoder.classPad) = (pad(boxes[index].name), pad(classes[index].name))
                    decoder.stride = UInt32(strides[index])
                    op.decoders.append(decoder)
                }
                message.kind = .yolov8(op)
            }
        }
        return message
    }

    private mutating func yoloDecoders(_ pad: (String) -> UInt32) throws(HailoError) -> Series<YoloDecoderMessage> {
        let layers = try outputs("layers")
        let anchors = try anchors(layers.count)
        var decoders: Series<YoloDecoderMessage> = []
        for index in layers.indices {
            var decoder = YoloDecoderMessage()
            decoder.pad = pad(layers[index].name)
            decoder.widths = Series(anchors[index].map { UInt32($0.width) })
            decoder.heights = Series(anchors[index].map { UInt32($0.height) })
            decoders.append(decoder)
        }
        return decoders
    }

    /// Width and height of the anchors of each layer: "10x13+16x30,62x45".
    private mutating func anchors(_ count: Int) throws(HailoError) -> [[(width: Double, height: Double)]] {
        let text = try reader.text("anchors")
        let lists = text.split(separator: ",", omittingEmptySubsequences: false).map { list in
            list.split(separator: "+", omittingEmptySubsequences: false).map { anchor in
                anchor.split(separator: "x", omittingEmptySubsequences: false).map { Double(decimal: $0) ?? -1 }
            }
        }
        guard lists.count == count,
            lists.allSatisfy({ $0.allSatisfy { $0.count == 2 && $0.allSatisfy { $0 >= 0 && $0 < 65536 } } })
        else {
            throw reader.wrong(
                "anchors takes WIDTHxHEIGHT+WIDTHxHEIGHT… for each of \(counted(count, "layer")), not \"\(text)\"")
        }
        return lists.map { $0.map { ($0[0], $0[1]) } }
    }

    // MARK: Outputs

    private mutating func output(_ source: String) throws(HailoError) -> Lowering.Value {
        guard let found = lowering.outputs.first(where: { lowering.values[$0.value].name == source }) else {
            throw reader.wrong("there is no output \"\(source)\"")
        }
        if !sources.contains(source) { sources.append(source) }
        return lowering.values[found.value]
    }

    private mutating func outputs(_ key: String, count: Int? = nil) throws(HailoError) -> [Lowering.Value] {
        var found: [Lowering.Value] = []
        for source in try reader.text(key).split(separator: ",") { found.append(try output(String(source))) }
        guard !found.isEmpty, found.count == count ?? found.count else {
            throw reader.wrong("\(key) takes as many outputs as there are boxes")
        }
        return found
    }
}
