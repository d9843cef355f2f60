internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoTensors

/// Boxes that the chip has made, of which the host removes those that others cover, or which it sorts by their scores.
final class ChipBoxes {
    private let transform: BoxTransform
    private let settings: DetectionSettings
    private let list: BoxList
    /// The boxes of the chip as numbers, class by class.
    private let table: UnsafeMutableRawBufferPointer
    private let scratch: UnsafeMutableRawBufferPointer
    private let candidates: Candidates
    private let selection: BoxSelection
    let sourceSize: Int

    init(
        _ nms: NmsShape, sourceSize: UInt32, _ quantization: Quantization, _ settings: DetectionSettings,
        _ list: BoxList, _ memory: WorkingMemory
    ) throws(HailoError) {
        transform = try BoxTransform(nms, frameSize: sourceSize, quantization)
        self.settings = settings
        self.list = list
        self.sourceSize = Int(sourceSize)
        guard list.classes == Int(nms.classes) else {
            throw HailoError(
                .hefInvalid,
                "the chip delivers boxes of \(counted(nms.classes, "class")), and \(list.classes) were announced")
        }
        table = memory.reserve(bytes: transform.targetSize)
        scratch = memory.reserve(bytes: transform.scratchSize)
        let capacity = transform.targetSize / BoxList.boxSize
        candidates = Candidates(capacity: capacity, memory)
        // All boxes are looked at, so that they can be sorted a second time.
        selection = BoxSelection(
            classes: list.classes, places: transform.targetSize / 4, capacity: capacity,
            BoxSelection.Limits(perClass: list.order == .byClass ? list.limits.perClass : nil, total: .max), memory)
    }

    func run(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) throws(HailoError) {
        try transform.run(source, to: table, scratch: scratch)
        candidates.removeAll()
        var offset = 0
        for label in 0..<list.classes {
            let count = Int(table.load(fromByteOffset: offset, as: Float.self))
            offset += 4
            for _ in 0..<count {
                let score = table.load(fromByteOffset: offset + 16, as: Float.self)
                if score >= settings.scoreThreshold || settings.scoreThreshold <= 0 {
                    candidates.append(
                        Candidate(
                            score: score, place: UInt32(truncatingIfNeeded: offset / 4),
                            label: UInt32(truncatingIfNeeded: label)))
                }
                offset += BoxList.boxSize
            }
        }
        selection.run(candidates.all, overlap: settings.overlapThreshold, marks: true) { box(Int($0)) }
        target.initializeMemory(as: UInt8.self, repeating: 0)
        switch list.order {
        case .byClass: list.write(selection, to: target)
        case .byScore: writeByScore(target)
        }
    }

    private func box(_ place: Int) -> Box {
        place * 4 + 16 <= table.count
            ? table.loadUnaligned(fromByteOffset: 4 * place, as: Box.self) : Box(repeating: .nan)
    }

    /// The vendor's library sorts a second time here, which changes the order of boxes with equal scores once more.
    private func writeByScore(_ target: UnsafeMutableRawBufferPointer) {
        let sorted = candidates.all
        VendorSort.sort(sorted)
        // What lost its score stands behind those that have one, but in front of negative ones.
        var next = 0
        list.writeByScore(to: target) { _ in
            while next < sorted.count, sorted[next].score == 0 { next += 1 }
            guard next < sorted.count else { return nil }
            let candidate = sorted[next]
            next += 1
            return (box(Int(candidate.place)), candidate.score, candidate.label)
        }
    }
}
