internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoTensors

/// Finds boxes in what a network says of the anchors of its grids.
final class Detector {
    private let decoders: [BoxDecoder]
    private let settings: DetectionSettings
    private let list: BoxList
    private let candidates: Candidates
    private let selection: BoxSelection
    private let masks: MaskList?
    private let scratch: UnsafeMutableRawBufferPointer
    private let numbers: UnsafeMutableBufferPointer<Float>

    private init(
        _ scales: DetectionScales, _ settings: DetectionSettings, _ list: BoxList, _ masks: MaskList?,
        _ memory: WorkingMemory
    ) {
        decoders = scales.decoders
        self.settings = settings
        self.list = list
        self.masks = masks
        candidates = Candidates(capacity: scales.capacity, memory)
        selection = BoxSelection(
            classes: list.classes, places: scales.places, capacity: scales.capacity, list.limits, memory)
        scratch = memory.reserve(bytes: decoders.reduce(0) { max($0, $1.head.scratchSize) })
        numbers = memory.reserve(decoders.reduce(0) { max($0, $1.scratchCount) })
    }

    static func make(
        _ op: PostOp, _ scales: DetectionScales, _ settings: DetectionSettings, _ list: BoxList, _ memory: WorkingMemory
    ) throws(HailoError) -> Detector {
        var masks: MaskList?
        if case .yolov5Segmentation(let yolo, let prototypes, let threshold) = op.kind {
            masks = try MaskList.make(scales, yolo, prototypes: prototypes, threshold: threshold, settings, memory)
        }
        return Detector(scales, settings, list, masks, memory)
    }

    func run(_ frames: UnsafePointer<UnsafeRawPointer>, to target: UnsafeMutableRawBufferPointer) {
        candidates.removeAll()
        for decoder in decoders { decoder.head.collect(frames, into: candidates, scratch) }
        guard let numbers = numbers.baseAddress else { return }
        selection.run(candidates.all, overlap: settings.overlapThreshold) { place in
            guard let decoder = decoders.last(where: { $0.head.firstPlace <= place }) else {
                return Box(repeating: .nan)
            }
            return decoder.decode(frames, place: place, numbers)
        }
        target.initializeMemory(as: UInt8.self, repeating: 0)
        if let masks {
            masks.write(selection, frames, decoders, to: target)
        } else {
            list.write(selection, to: target)
        }
    }
}
