package import HailoBase
package import HailoFormats
package import HailoHEF
internal import HailoTensors

/// What the host does with outputs of a network, in the form that the user wants. Made once; running it allocates nothing.
/// It has memory of its own, so that one frame is worked on at a time.
package final class PostProcessor: @unchecked Sendable {
    private enum Work {
        case detections(Detector)
        case table(BoxTable)
        case chipBoxes(ChipBoxes)
        case largest(LargestFeature)
        case classification(Classification)
    }

    private let work: Work
    /// Bytes that the frames of the inputs have at least.
    private let inputSizes: [Int]
    private let frames: UnsafeMutableBufferPointer<UnsafeRawPointer>
    private let memory: WorkingMemory
    /// Bytes of a frame of the output.
    package let frameSize: Int
    package let format: Format

    private init(
        _ work: Work, inputSizes: [Int], frameSize: Int, _ format: Format, _ memory: WorkingMemory
    ) {
        self.work = work
        self.inputSizes = inputSizes
        self.frameSize = frameSize
        self.format = format
        frames = memory.reserve(inputSizes.count)
        self.memory = memory
    }

    /// `layers` are the op's inputs, in their order. What `choice` leaves open is the model's; `settings` are for ops that
    /// find boxes.
    package static func make(
        _ op: PostOp, _ layers: [Layer], _ choice: Format, _ settings: DetectionSettings?
    ) throws(HailoError) -> PostProcessor {
        let processor = try unchecked(op, layers, choice, settings)
        try processor.memory.check()
        return processor
    }

    /// There may be no memory for it.
    private static func unchecked(
        _ op: PostOp, _ layers: [Layer], _ choice: Format, _ settings: DetectionSettings?
    ) throws(HailoError) -> PostProcessor {
        guard !choice.isTransposed else {
            throw HailoError(.invalidArgument, "height and width of what \(op.name) delivers cannot be exchanged")
        }
        guard layers.count == op.inputs.count, let first = layers.first else {
            throw HailoError(.hefInvalid, "inputs of \(op.name) are missing")
        }
        let type = choice.type == .automatic ? op.output.format.type : choice.type
        let order = choice.order == .automatic ? op.output.format.order : choice.order
        let format = Format(type, order)
        let memory = WorkingMemory()
        switch op.kind {
        case .argmax:
            guard order == (first.format.order == .nc ? .nc : .nhw) else {
                throw refusal(op, "order \(order.name)")
            }
            let largest = try LargestFeature(first.tensor, as: type, memory)
            return PostProcessor(
                .largest(largest), inputSizes: [largest.sourceSize], frameSize: largest.targetSize, format, memory)
        case .softmax:
            guard type == .float32 else { throw refusal(op, "\(type.name) numbers") }
            let classification = try Classification(first, order, memory)
            return PostProcessor(
                .classification(classification), inputSizes: [classification.sourceSize],
                frameSize: classification.frameSize, format, memory)
        default:
            guard type == .float32 else { throw refusal(op, "\(type.name) numbers") }
            guard let nms = op.nms else { throw HailoError(.hefInvalid, "\(op.name) has no settings") }
            return try boxes(op, nms, layers, order, settings ?? DetectionSettings(op), memory)
        }
    }

    private static func refusal(_ op: PostOp, _ what: String) -> HailoError {
        HailoError(.invalidArgument, "\(op.name) does not deliver \(what)")
    }

    private static func boxes(
        _ op: PostOp, _ nms: PostOp.NmsSettings, _ layers: [Layer], _ order: Order, _ settings: DetectionSettings?,
        _ memory: WorkingMemory
    ) throws(HailoError) -> PostProcessor {
        let format = Format(.float32, order)
        guard let settings else {
            guard order == .nhwc else { throw refusal(op, "order \(order.name)") }
            let scales = try DetectionScales(op, nms, layers, threshold: 0)
            let table = try BoxTable(scales, classes: Int(nms.classes), expecting: op.output.frameSize, memory)
            return PostProcessor(
                .table(table), inputSizes: scales.frameSizes, frameSize: table.frameSize, format, memory)
        }
        if case .iou = op.kind {
            guard layers.count == 1, let shape = layers[0].nms, case .single = layers[0].kind else {
                throw HailoError(
                    .hefUnsupported, "\(op.name) works only on boxes that one stream delivers")
            }
            try settings.check(hasMasks: false)
            let list = try BoxList(try listOrder(op, order), classes: classes(nms), settings)
            let boxes = try ChipBoxes(
                shape, sourceSize: layers[0].hardwareFrameSize, layers[0].quantization, settings, list, memory)
            return PostProcessor(
                .chipBoxes(boxes), inputSizes: [boxes.sourceSize], frameSize: list.frameSize, format, memory)
        }
        let scales = try DetectionScales(op, nms, layers, threshold: settings.scoreThreshold)
        guard !scales.isEmpty else { throw HailoError(.hefInvalid, "\(op.name) has no decoders") }
        if case .yolov5Segmentation = op.kind {
            guard order == .nmsWithByteMask else { throw refusal(op, "order \(order.name)") }
            try settings.check(hasMasks: true)
            let list = try BoxList(.byScore, classes: classes(nms), settings)
            return PostProcessor(
                .detections(try Detector.make(op, scales, settings, list, memory)), inputSizes: scales.frameSizes,
                frameSize: try MaskList.frameSize(settings), format, memory)
        }
        try settings.check(hasMasks: false)
        let list = try BoxList(try listOrder(op, order), classes: classes(nms), settings)
        return PostProcessor(
            .detections(try Detector.make(op, scales, settings, list, memory)), inputSizes: scales.frameSizes,
            frameSize: list.frameSize, format, memory)
    }

    private static func listOrder(_ op: PostOp, _ order: Order) throws(HailoError) -> BoxList.Order {
        switch order {
        case .nmsByClass: return .byClass
        case .nmsByScore: return .byScore
        default: throw refusal(op, "order \(order.name)")
        }
    }

    /// Without the background.
    private static func classes(_ nms: PostOp.NmsSettings) -> Int {
        Int(nms.classes) - (nms.background.map { $0 < nms.classes ? 1 : 0 } ?? 0)
    }

    /// `frame` gives the frame of an input by its number.
    package func run(
        _ frame: (Int) -> UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        for (index, size) in inputSizes.enumerated() {
            let source = frame(index)
            guard source.count >= size, target.count == frameSize, let start = source.baseAddress else {
                throw HailoError(.invalidArgument, "buffers for post-processing have wrong sizes")
            }
            frames[index] = start
        }
        guard let frames = frames.baseAddress else { return }
        switch work {
        case .detections(let detector): detector.run(frames, to: target)
        case .table(let table): table.run(frames, to: target)
        case .chipBoxes(let boxes): try boxes.run(frame(0), to: target)
        case .largest(let largest): try largest.run(frame(0), to: target)
        case .classification(let classification): try classification.run(frame(0), to: target)
        }
    }
}
