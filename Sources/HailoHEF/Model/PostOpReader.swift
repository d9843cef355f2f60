internal import HailoBase
internal import HailoFormats

/// Reads what the host does with a network's outputs, and checks that it can be done with them.
struct PostOpReader {
    /// The outputs of the network by pad, and where the pads of ops get their data from.
    private let outputs: [UInt32: Layer]
    private let sources: [UInt32: UInt32]
    private let networkName: Name

    /// Stands for "no pad" in files that write one anyway.
    private static let noPad = UInt32.max

    init(_ group: NetworkGroupMessage, _ coreOp: CoreOp, groupName: Name) {
        var outputs: [UInt32: Layer] = [:]
        for layer in coreOp.boundaryOutputs {
            if let pad = layer.pad, pad != PostOpReader.noPad, outputs[pad] == nil { outputs[pad] = layer }
        }
        var sources: [UInt32: UInt32] = [:]
        for edge in group.padEdges where sources[edge.destination] == nil { sources[edge.destination] = edge.source }
        self.outputs = outputs
        self.sources = sources
        networkName = groupName.joined(with: groupName)
    }

    func read(_ messages: Series<PostOpMessage>, at place: Place) throws(HailoError) -> [PostOp] {
        var ops: [PostOp] = []
        for message in messages {
            var place = place
            place.op = message.name
            switch message.kind {
            case .core: continue
            case .nms(let nms): ops.append(try self.nms(nms, message, at: place))
            case .logits(let logits): ops.append(try self.logits(logits, message, at: place))
            case .unset: throw place.error(.unexpectedValue, "an op is of a kind that this library does not know")
            }
        }
        return ops
    }

    // MARK: Pads

    /// The network's output that feeds an input pad of an op.
    private func source(_ pad: PadMessage, at place: Place) throws(HailoError) -> Layer {
        guard let source = sources[pad.index] else {
            throw place.error(.hefInvalid, "its input pad \(pad.index) is not connected")
        }
        guard let layer = outputs[source] else {
            throw place.error(
                .hefInvalid, "its input pad \(pad.index) is connected to pad \(source), which is not an output")
        }
        return layer
    }

    /// The network's output that a decoder names by its pad.
    private func decoded(_ pad: UInt32, at place: Place) throws(HailoError) -> Name {
        guard let layer = outputs[pad] else {
            throw place.error(.hefInvalid, "a decoder works on pad \(pad), which is not an output of the network")
        }
        return layer.name
    }

    private func outputName(_ message: PostOpMessage, at place: Place) throws(HailoError) -> Name {
        guard let pad = message.outputPads.first else { throw place.error(.hefInvalid, "it has no output pad") }
        return Name(pad.name)
    }

    // MARK: Boxes

    private func nms(_ message: NmsOpMessage, _ op: PostOpMessage, at place: Place) throws(HailoError) -> PostOp {
        var byName: [Name: Layer] = [:]
        for pad in op.inputPads {
            let layer = try source(pad, at: place)
            if byName[layer.name] == nil { byName[layer.name] = layer }
        }
        let settings = PostOp.NmsSettings(
            scoreThreshold: Float(message.scoreThreshold), iouThreshold: Float(message.iouThreshold),
            maxProposalsPerClass: message.maxProposalsPerClass, classes: message.classes,
            background: message.removesBackground ? message.backgroundIndex : nil,
            onlyDecodesBoxes: message.onlyDecodesBoxes)
        let inputs = Inputs(byName: byName, place: place)
        var extent: Tensor.Extent?
        var order = Order.nmsByClass
        var maskSize: UInt32 = 0
        let kind: PostOp.Kind
        switch message.kind {
        case .yolov5(let yolo):
            let anchors = try anchors(yolo.decoders, at: place)
            if settings.onlyDecodesBoxes {
                extent = .shape(try inputs.yolov5Boxes(anchors, settings))
                order = .nhwc
            }
            kind = .yolov5(PostOp.Yolo(image: image(yolo.imageHeight, yolo.imageWidth), decoders: anchors))
        case .yolov5Segmentation(let yolo):
            let anchors = try anchors(yolo.decoders, at: place)
            let prototypes = Name(yolo.prototypes.layer)
            guard byName[prototypes] != nil else {
                throw place.error(.hefInvalid, "its layer of prototypes, \"\(prototypes)\", is not one of its inputs")
            }
            let size = image(yolo.imageHeight, yolo.imageWidth)
            maskSize = UInt32(saturating: size.height * size.width * 2)
            order = .nmsWithByteMask
            try inputs.refuseDecodingOnly(settings)
            kind = .yolov5Segmentation(
                PostOp.Yolo(image: size, decoders: anchors), prototypes: prototypes,
                maskThreshold: Float(yolo.maskThreshold))
        case .yolov8(let yolo):
            var pairs: [PostOp.Pair] = []
            for decoder in yolo.decoders {
                pairs.append(
                    PostOp.Pair(
                        boxes: try decoded(decoder.boxPad, at: place),
                        classes: try decoded(decoder.classPad, at: place),
                        stride: decoder.stride))
            }
            if settings.onlyDecodesBoxes {
                extent = .shape(inputs.yolov8Boxes(settings))
                order = .nhwc
            }
            try inputs.checkYolov8(pairs)
            kind = .yolov8(image: image(yolo.imageHeight, yolo.imageWidth), decoders: pairs)
        case .yolox(let yolo):
            var triples: [PostOp.Triple] = []
            for decoder in yolo.decoders {
                triples.append(
                    PostOp.Triple(
                        boxes: try decoded(decoder.boxPad, at: place),
                        classes: try decoded(decoder.classPad, at: place),
                        objectness: try decoded(decoder.objectnessPad, at: place)))
            }
            try inputs.refuseDecodingOnly(settings)
            try inputs.checkYolox(triples)
            kind = .yolox(image: image(yolo.imageHeight, yolo.imageWidth), decoders: triples)
        case .ssd(let ssd):
            kind = .ssd(try self.ssd(ssd, settings, inputs, at: place))
        case .iou:
            kind = .iou
        case .unset:
            throw place.error(.unexpectedValue, "an NMS op is of a kind that this library does not know")
        }
        let boxes = BoxShape(
            classes: settings.classes &- (settings.background == nil ? 0 : 1),
            maximumPerClass: settings.maxProposalsPerClass, maximumTotal: settings.maxProposalsTotal,
            maximumMaskBytes: maskSize)
        let output = Tensor(
            name: try outputName(op, at: place), networkName: networkName, direction: .output,
            format: Format(.float32, order), extent: extent ?? .boxes(boxes),
            quantization: Quantization(zeroPoint: 0, scale: 1, minimum: 0, maximum: 0))
        let sorted = byName.values.ordered { $0.name < $1.name }.map { PostOp.Input(layer: $0) }
        return PostOp(kind: kind, nms: settings, inputs: sorted, output: output)
    }

    private func image(_ height: Double, _ width: Double) -> PostOp.ImageSize {
        PostOp.ImageSize(height: Float(height), width: Float(width))
    }

    /// Each is several features of a layer, which has no more than 65535.
    private var maximumAnchors: Int { 1 << 13 }

    private func checkAnchors(heights: Int, widths: Int, at place: Place) throws(HailoError) {
        guard heights == widths else {
            throw place.error(
                .hefInvalid, "a decoder has \(counted(heights, "height")) and \(counted(widths, "width")) of anchors")
        }
        guard widths <= maximumAnchors else {
            throw place.error(.hefInvalid, "a decoder has \(widths) anchors; the maximum is \(maximumAnchors)")
        }
    }

    private func anchors(
        _ decoders: Series<YoloDecoderMessage>, at place: Place
    ) throws(HailoError) -> [PostOp.Yolo.Anchors] {
        var anchors: [PostOp.Yolo.Anchors] = []
        for decoder in decoders {
            try checkAnchors(heights: decoder.heights.count, widths: decoder.widths.count, at: place)
            let layer = try decoded(decoder.pad, at: place)
            // Of two decoders for one layer the first counts.
            guard !anchors.contains(where: { $0.layer == layer }) else { continue }
            anchors.append(
                PostOp.Yolo.Anchors(layer: layer, widths: Array(decoder.widths), heights: Array(decoder.heights)))
        }
        return anchors
    }

    private func ssd(
        _ message: SsdOpMessage, _ settings: PostOp.NmsSettings, _ inputs: Inputs, at place: Place
    ) throws(HailoError) -> PostOp.Ssd {
        var decoders: [PostOp.Ssd.Decoder] = []
        for decoder in message.decoders {
            try checkAnchors(heights: decoder.heights.count, widths: decoder.widths.count, at: place)
            let boxes = try decoded(decoder.boxPad, at: place)
            let classes = try decoded(decoder.classPad, at: place)
            guard !decoders.contains(where: { $0.boxes == boxes }) else { continue }
            decoders.append(
                PostOp.Ssd.Decoder(
                    boxes: boxes, classes: classes, widths: Array(decoder.widths),
                    heights: Array(decoder.heights)))
        }
        try inputs.refuseDecodingOnly(settings)
        for decoder in decoders.ordered(by: { $0.boxes < $1.boxes }) {
            let boxes = try inputs.input(decoder.boxes)
            try inputs.checkSameSize(boxes, try inputs.input(decoder.classes))
        }
        // All zero stands for the usual order.
        let isDefault =
            message.yIndex == 0 && message.xIndex == 0 && message.heightIndex == 0 && message.widthIndex == 0
        return PostOp.Ssd(
            image: image(message.imageHeight, message.imageWidth), centersScale: message.centersScale,
            sizesScale: message.sizesScale, yIndex: message.yIndex, xIndex: isDefault ? 1 : message.xIndex,
            heightIndex: isDefault ? 2 : message.heightIndex, widthIndex: isDefault ? 3 : message.widthIndex,
            decoders: decoders)
    }

    // MARK: Argmax and softmax

    private func logits(_ message: LogitsOpMessage, _ op: PostOpMessage, at place: Place) throws(HailoError) -> PostOp {
        guard op.inputPads.count == 1, op.outputPads.count == 1, let input = op.inputPads.first,
            let output = op.outputPads.first
        else {
            throw place.error(
                .hefInvalid,
                "it has \(op.inputPads.count) input and \(op.outputPads.count) output pads; it takes one of each")
        }
        let layer = try source(input, at: place)
        let kind: PostOp.Kind
        let shape: Shape
        var order = Order(rawValue: UInt32(bitPattern: output.formatOrder))
        var type = NumberType(rawValue: UInt32(bitPattern: output.formatType)) ?? .automatic
        switch message.type {
        case 0:
            kind = .argmax
            shape = Shape(layer.shape.height, layer.shape.width, 1)
            if type == .automatic { type = layer.format.type }
            if order == .automatic { order = PostOpReader.argmaxOrder(layer.format.order) }
        case 1:
            kind = .softmax
            shape = layer.shape
            if type == .automatic { type = .float32 }
            if order == .automatic { order = layer.format.order.standardOnHost }
        default:
            throw place.error(.unexpectedValue, "logits_type is \(message.type); it must be 0 (argmax) or 1 (softmax)")
        }
        let tensor = Tensor(
            name: Name(output.name), networkName: networkName, direction: .output, format: Format(type, order),
            extent: .shape(shape), quantization: layer.quantization)
        return PostOp(kind: kind, nms: nil, inputs: [PostOp.Input(layer: layer)], output: tensor)
    }

    private static func argmaxOrder(_ input: Order) -> Order {
        switch input {
        case .nhcw, .nhwc, .f8cr: .nhw
        case .nc: .nc
        default: .automatic
        }
    }
}

/// The inputs of an op, and whether they fit together.
private struct Inputs {
    let byName: [Name: Layer]
    let place: Place

    func input(_ name: Name) throws(HailoError) -> Layer {
        guard let layer = byName[name] else {
            throw place.error(
                .invalidArgument, "a decoder works on the layer \"\(name)\", which is not one of the op's inputs")
        }
        return layer
    }

    func refuseDecodingOnly(_ settings: PostOp.NmsSettings) throws(HailoError) {
        guard !settings.onlyDecodesBoxes else {
            throw place.error(.invalidArgument, "ops of this kind cannot only decode boxes (bbox_decoding_only)")
        }
    }

    func checkSameSize(_ left: Layer, _ right: Layer) throws(HailoError) {
        guard left.shape.height == right.shape.height, left.shape.width == right.shape.width else {
            throw place.error(
                .invalidArgument,
                "the layers \"\(left.name)\" and \"\(right.name)\" belong together but have different heights or widths"
            )
        }
    }

    private func checkSameFormat(_ left: Layer, _ right: Layer) throws(HailoError) {
        guard left.format == right.format else {
            throw place.error(
                .invalidArgument,
                "the layers \"\(left.name)\" and \"\(right.name)\" belong together but have different formats")
        }
    }

    func checkYolov8(_ pairs: [PostOp.Pair]) throws(HailoError) {
        for pair in pairs {
            let boxes = try input(pair.boxes)
            let classes = try input(pair.classes)
            try checkSameSize(boxes, classes)
            try checkSameFormat(boxes, classes)
            guard boxes.shape.features % 4 == 0 else {
                throw place.error(
                    .invalidArgument,
                    "the layer of boxes \"\(boxes.name)\" has \(boxes.shape.features) features, which is not a "
                        + "multiple of 4")
            }
        }
    }

    func checkYolox(_ triples: [PostOp.Triple]) throws(HailoError) {
        for triple in triples {
            let boxes = try input(triple.boxes)
            let classes = try input(triple.classes)
            let objectness = try input(triple.objectness)
            try checkSameSize(boxes, classes)
            try checkSameSize(boxes, objectness)
            try checkSameFormat(boxes, classes)
            try checkSameFormat(boxes, objectness)
        }
    }

    /// One row for each anchor of each place: four coordinates, objectness and the classes.
    func yolov5Boxes(
        _ anchors: [PostOp.Yolo.Anchors], _ settings: PostOp.NmsSettings
    ) throws(HailoError) -> Shape {
        var proposals: UInt32 = 0
        for (name, layer) in byName {
            guard let decoder = anchors.first(where: { $0.layer == name }) else {
                throw place.error(.hefInvalid, "no decoder works on its input \"\(name)\"")
            }
            let places = layer.shape.height &* layer.shape.width
            proposals = proposals &+ UInt32(truncatingIfNeeded: decoder.widths.count) &* places
        }
        return Shape(1, proposals, settings.classes &+ 5)
    }

    /// One row for each place of each pair of inputs: four coordinates and the classes.
    func yolov8Boxes(_ settings: PostOp.NmsSettings) -> Shape {
        var places: UInt32 = 0
        for layer in byName.values { places = places &+ layer.shape.height &* layer.shape.width }
        return Shape(1, places / 2, settings.classes &+ 4)
    }
}

extension UInt32 {
    /// The whole part of a number, and the nearest end of the range for one that does not fit.
    fileprivate init(saturating value: Float) {
        if value >= 4_294_967_296 {
            self = .max
        } else {
            self = value > 0 ? UInt32(value) : 0
        }
    }
}
