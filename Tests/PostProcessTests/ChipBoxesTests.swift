import HailoBase
import HailoHEF
import HailoHEFWriter
import HailoPostProcess
import HailoTestSupport
import Testing
import HailoFormats

/// Boxes that the chip delivers, of which the host removes those that others cover.
@Suite struct ChipBoxesTests {
    private static let classes = 3
    private static let maximumPerClass = 40
    private static let scale: Float = 1 / 1024

    private struct Entry: Equatable {
        let label: Int
        /// y, x, y, x of the corners and the score, as the chip has them.
        let numbers: [UInt16]

        var real: [Float] { numbers.map { Float($0) * ChipBoxesTests.scale } }
        var score: Float { real[4] }

        func share(_ other: Entry) -> Float {
            let (a, b) = (real, other.real)
            let width = min(a[3], b[3]) - max(a[1], b[1])
            let height = min(a[2], b[2]) - max(a[0], b[0])
            guard width > 0, height > 0 else { return 0 }
            let common = width * height
            return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)
        }
    }

    /// An op on a layer of boxes.
    private func op() throws -> PostOp {
        var group = SmallModel.group(named: "net")
        var layer = SmallModel.layer("boxes", isOutput: true, format: 6, Shape(1, 1, 8), features: 8)
        guard case .info(var info) = layer.kind else { throw HailoError(.hefInvalid, "no layer") }
        info.numeric.scale = ChipBoxesTests.scale
        info.numeric.zeroPoint = 0
        info.base.dataBytes = 2
        info.base.additional.nms.classes = UInt64(ChipBoxesTests.classes)
        info.base.additional.nms.maxOutputSize = UInt64(ChipBoxesTests.maximumPerClass)
        info.base.additional.nms.boxSize = 8
        info.base.additional.nms.divisionFactor = 1
        layer.kind = .info(info)
        group.contexts[0].metadata.edgeLayers[1] = layer
        group.sortedOutputsOrder = ["boxes"]
        var nms = NmsOpMessage()
        nms.iouThreshold = 0.5
        nms.scoreThreshold = 0.9
        nms.maxProposalsPerClass = UInt32(ChipBoxesTests.maximumPerClass)
        nms.classes = UInt32(ChipBoxesTests.classes)
        nms.kind = .iou(EmptyMessage())
        var message = SmallModel.message()
        var flow = NetFlow(group)
        flow.add(.nms(nms), reading: ["boxes"], delivering: "out")
        flow.put(into: &message)
        let bytes = HefBuilder(version: 2, message: message).build()
        return try bytes.withUnsafeBytes { try HefFile($0) }.groups[0].postOps[0]
    }

    private func entries(_ seed: UInt64) -> [Entry] {
        var random = SplitMix(seed)
        return (0..<ChipBoxesTests.classes).flatMap { label in
            (0..<Int.random(in: 0...ChipBoxesTests.maximumPerClass, using: &random)).map { _ in
                let (y, x) = (UInt16.random(in: 0...600, using: &random), UInt16.random(in: 0...600, using: &random))
                return Entry(
                    label: label,
                    numbers: [
                        y, x, y + .random(in: 100...400, using: &random), x + .random(in: 100...400, using: &random),
                        .random(in: 1...1000, using: &random),
                    ])
            }
        }
    }

    /// The frame of the stream: for each class a count, and eight bytes for each box.
    private func frame(_ entries: [Entry], _ size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for label in 0..<ChipBoxesTests.classes {
            let boxes = entries.filter { $0.label == label }
            bytes += [UInt8(boxes.count), 0]
            for box in boxes {
                let n = box.numbers.map { UInt64($0) }
                let word = n[4] << 48 | n[0] << 36 | n[1] << 24 | n[2] << 12 | n[3]
                bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            }
        }
        return bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }

    /// What stays, the best first: plain comparison of each with each.
    private func suppressed(_ entries: [Entry], _ threshold: Float) -> [Entry] {
        var kept: [Entry] = []
        for entry in entries.sorted(by: { $0.score > $1.score })
        where !kept.contains(where: { $0.label == entry.label && $0.share(entry) >= threshold }) {
            kept.append(entry)
        }
        return kept
    }

    private func run(
        _ entries: [Entry], _ order: Order, _ change: (inout DetectionSettings) -> Void = { _ in }
    ) throws -> [Detection] {
        let op = try op()
        var settings = try #require(DetectionSettings(op))
        change(&settings)
        let processor = try PostProcessor.make(op, op.inputs.map { $0.layer }, Format(.float32, order), settings)
        let source = frame(entries, Int(op.inputs[0].layer.hardwareFrameSize))
        var target = [UInt8](repeating: 0xaa, count: processor.frameSize)
        var found: [Detection] = []
        let reader = try DetectionReader(order, BoxShape(classes: UInt32(ChipBoxesTests.classes)))
        try source.withUnsafeBytes { source in
            try target.withUnsafeMutableBytes { target in
                try processor.run({ _ in source }, to: target)
                try reader.read(UnsafeRawBufferPointer(target)) { found.append($0) }
            }
        }
        return found
    }

    private func numbers(_ found: [Detection]) -> [[Float]] {
        found.map { [Float($0.label), $0.top, $0.left, $0.bottom, $0.right, $0.score] }.sorted {
            $0.lexicographicallyPrecedes($1)
        }
    }

    private func numbers(_ entries: [Entry]) -> [[Float]] {
        entries.map { [Float($0.label)] + $0.real }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The model's threshold for scores has been applied by the chip.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func coveredBoxesGo(seed: UInt64) throws {
        let entries = entries(seed)
        let expected = suppressed(entries, 0.5)
        let byClass = try run(entries, .nmsByClass)
        #expect(numbers(byClass) == numbers(expected))
        #expect(byClass.map { $0.label } == byClass.map { $0.label }.sorted())
        let byScore = try run(entries, .nmsByScore)
        #expect(numbers(byScore) == numbers(expected))
        #expect(byScore.map { $0.score } == byScore.map { $0.score }.sorted(by: >))
    }

    @Test func thresholdsAndLimits() throws {
        let entries = entries(77)
        let likely = suppressed(entries.filter { $0.score >= 0.5 }, 0.2)
        let found = try run(entries, .nmsByScore) { settings in
            settings.scoreThreshold = 0.5
            settings.overlapThreshold = 0.2
        }
        #expect(numbers(found) == numbers(likely))
        let few = try run(entries, .nmsByScore) { $0.maximumTotal = 4 }
        #expect(few.map { $0.score } == suppressed(entries, 0.5).prefix(4).map { $0.score })
        let fewOfEach = try run(entries, .nmsByClass) { $0.maximumPerClass = 2 }
        for label in 0..<ChipBoxesTests.classes {
            let best = suppressed(entries, 0.5).filter { $0.label == label }.prefix(2).map { $0.score }
            #expect(fewOfEach.filter { $0.label == label }.map { $0.score } == best)
        }
    }

    @Test func noBoxes() throws {
        #expect(try run([], .nmsByClass).isEmpty)
        #expect(try run([], .nmsByScore).isEmpty)
    }

    /// Counts that do not fit the frame are an error, and nothing is read beyond it.
    @Test func damagedFrames() throws {
        let op = try op()
        let processor = try PostProcessor.make(
            op, op.inputs.map { $0.layer }, Format(.float32, .nmsByClass), DetectionSettings(op))
        let source = [UInt8](repeating: 0xff, count: Int(op.inputs[0].layer.hardwareFrameSize))
        var target = [UInt8](repeating: 0, count: processor.frameSize)
        let error = #expect(throws: HailoError.self) {
            try source.withUnsafeBytes { source in
                try target.withUnsafeMutableBytes { try processor.run({ _ in source }, to: $0) }
            }
        }
        #expect(error?.status == .firmwareResponse)
    }
}
