internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoTensors

/// The grids in which a network looks at a picture, coarse ones and fine ones, in the order in which their candidates count.
struct DetectionScales {
    /// The layers, by the number of their frame, and what their numbers are.
    private struct Layers {
        let names: [Name]
        let maps: [FeatureMap]

        init(_ layers: [Layer]) throws(HailoError) {
            names = layers.map { $0.name }
            var maps: [FeatureMap] = []
            for layer in layers { maps.append(try FeatureMap(layer.tensor)) }
            self.maps = maps
        }

        func features(
            _ name: Name, count: Int, first: Int = 0, step: Int = 0
        ) throws(HailoError) -> DetectionHead.Features {
            guard let input = names.firstIndex(of: name) else {
                throw HailoError(.hefInvalid, "a decoder works on \"\(name)\", which is not one of the op's inputs")
            }
            guard maps[input].features == count else {
                throw HailoError(
                    .hefInvalid,
                    "layer \"\(name)\" has \(maps[input].features) features, its decoder works on \(count)")
            }
            return DetectionHead.Features(maps[input], input: input, first: first, step: step)
        }

        func featureCount(_ name: Name) -> Int { names.firstIndex(of: name).map { maps[$0].features } ?? 0 }
    }

    /// How many weights of masks a box has.
    static let maskWeights = 32

    private let op: PostOp
    private let nms: PostOp.NmsSettings
    private let layers: Layers
    private let threshold: Float
    private(set) var decoders: [BoxDecoder] = []

    /// `layers` are the op's inputs, in their order.
    init(_ op: PostOp, _ nms: PostOp.NmsSettings, _ layers: [Layer], threshold: Float) throws(HailoError) {
        self.op = op
        self.nms = nms
        self.layers = try Layers(layers)
        self.threshold = threshold
        switch op.kind {
        case .yolov5(let yolo): try addYolov5(yolo, isSigmoid: false, weights: 0, except: nil)
        case .yolov5Segmentation(let yolo, let prototypes, _):
            try addYolov5(yolo, isSigmoid: true, weights: DetectionScales.maskWeights, except: prototypes)
        case .yolov8(let image, let pairs):
            for pair in pairs {
                let boxes = try self.layers.features(pair.boxes, count: self.layers.featureCount(pair.boxes))
                guard boxes.map.features >= 4 else {
                    throw HailoError(.hefInvalid, "layer \"\(pair.boxes)\" has fewer than four features")
                }
                try add(
                    boxes, scores: try self.layers.features(pair.classes, count: classes),
                    form: .yolov8(stride: Float(pair.stride), image: image))
            }
        case .yolox(_, let triples):
            for triple in triples {
                try add(
                    try self.layers.features(triple.boxes, count: 4),
                    scores: try self.layers.features(triple.classes, count: classes),
                    certainty: try self.layers.features(triple.objectness, count: 1), form: .yolox)
            }
        case .ssd(let ssd): try addSsd(ssd)
        case .iou, .argmax, .softmax: break
        }
    }

    private var classes: Int { Int(nms.classes) }

    private mutating func addYolov5(
        _ yolo: PostOp.Yolo, isSigmoid: Bool, weights: Int, except: Name?
    ) throws(HailoError) {
        for name in layers.names where name != except {
            guard let anchors = yolo.decoders.first(where: { $0.layer == name }) else {
                throw HailoError(.hefInvalid, "no decoder works on layer \"\(name)\"")
            }
            let step = 5 + classes + weights
            let count = anchors.widths.count
            let needed = step * count
            try add(
                try layers.features(name, count: needed, first: 0, step: step),
                scores: try layers.features(name, count: needed, first: 5, step: step),
                certainty: try layers.features(name, count: needed, first: 4, step: step), anchors: count,
                isSigmoid: isSigmoid,
                form: .yolov5(
                    widths: anchors.widths.map { Float(Int32(bitPattern: $0)) },
                    heights: anchors.heights.map { Float(Int32(bitPattern: $0)) }, image: yolo.image,
                    isSigmoid: isSigmoid))
        }
    }

    private mutating func addSsd(_ ssd: PostOp.Ssd) throws(HailoError) {
        for index in [ssd.xIndex, ssd.yIndex, ssd.widthIndex, ssd.heightIndex] where index > 3 {
            throw HailoError(.hefInvalid, "number \(index) of a box is used, but a box has only four numbers")
        }
        guard ssd.centersScale > 0, ssd.sizesScale > 0 else {
            throw HailoError(.hefInvalid, "the scale of centers or sizes is 0")
        }
        // The order of the vendor's library is that of the names.
        for decoder in ssd.decoders.ordered(by: { $0.boxes < $1.boxes }) {
            let count = decoder.widths.count
            try add(
                try layers.features(decoder.boxes, count: 4 * count, step: 4),
                scores: try layers.features(decoder.classes, count: classes * count, step: classes), anchors: count,
                form: .ssd(ssd, widths: decoder.widths, heights: decoder.heights))
        }
    }

    private mutating func add(
        _ boxes: DetectionHead.Features, scores: DetectionHead.Features, certainty: DetectionHead.Features? = nil,
        anchors: Int = 1, isSigmoid: Bool = false, form: BoxDecoder.Form
    ) throws(HailoError) {
        for other in [scores, certainty ?? scores] {
            guard other.map.height == boxes.map.height, other.map.width == boxes.map.width,
                other.map.isWide == scores.map.isWide
            else {
                throw HailoError(
                    .hefInvalid,
                    "layers \"\(layers.names[boxes.input])\" and \"\(layers.names[other.input])\" belong together but differ in "
                        + "size or in type")
            }
        }
        guard anchors > 0, classes > 0 else {
            throw HailoError(.hefInvalid, "a decoder has no anchors, or there are no classes")
        }
        let head = DetectionHead(
            anchors: anchors, classes: classes, background: background, scores: scores,
            certainty: certainty, isSigmoid: isSigmoid, threshold: threshold, firstPlace: places)
        decoders.append(BoxDecoder(head: head, features: boxes, form: form))
        guard places <= Int(Int32.max) else { throw HailoError(.hefUnsupported, "there are too many anchors") }
    }

    /// The vendor's library leaves the background out of the candidates of SSD networks only.
    private var background: DetectionHead.Background? {
        guard let label = nms.background else { return nil }
        if case .ssd = op.kind { return DetectionHead.Background(label: Int(label), isCandidate: false) }
        return DetectionHead.Background(label: Int(label), isCandidate: true)
    }

    /// Anchors of all places of all grids.
    var places: Int { decoders.last.map { $0.head.firstPlace + $0.head.places } ?? 0 }
    var capacity: Int { decoders.reduce(0) { $0 + $1.head.capacity } }
    var isEmpty: Bool { decoders.isEmpty }
    /// Bytes that the frame of each layer has at least.
    var frameSizes: [Int] { layers.maps.map { $0.byteCount } }

    func map(_ name: Name) -> (input: Int, map: FeatureMap)? {
        layers.names.firstIndex(of: name).map { ($0, layers.maps[$0]) }
    }
}
