import HailoBase
import HailoHEF
import HailoPostProcess
import HailoTestSupport
import Testing
import HailoFormats

/// Layers whose features have scales of their own.
@Suite struct FeatureScaleTests {
    private static func head(form: Int, isWide: Bool) -> HeadModel {
        let (wide, top) = (isWide ? 1 : 0, isWide ? 65535 : 255)
        return HeadModel(
            "scales yolox 5 400 400 0.4 9 \(form) -1 64 72 3 0 0 3 r 8 9 4 8 16 4 \(wide) \(top / 2) \(3 / Float(top)) 0 \(top) 0 "
                + "o 8 9 1 8 16 1 \(wide) 0 \(1 / Float(top)) 0 \(top) 0 c 8 9 5 8 16 5 \(wide) 0 \(1 / Float(top)) 0 \(top) 0 1 r o c"
        )
    }

    private static func factor(_ feature: Int) -> Float { [1, 0.5, 0.8, 0.3, 0.9][feature] }

    @Test(arguments: [false, true])
    func everyFeatureHasItsOwn(isWide: Bool) throws {
        let head = FeatureScaleTests.head(form: 0, isWide: isWide)
        let op = try head.op(factor: FeatureScaleTests.factor)
        let frames = head.frames(op)
        defer { for frame in frames { frame.deallocate() } }
        let layers = op.inputs.map { $0.layer }
        #expect(layers.contains { $0.quantizations.count == 5 })
        let processor = try PostProcessor.make(op, layers, head.format, head.settings)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: processor.frameSize, alignment: 64)
        defer { target.deallocate() }
        try processor.run({ UnsafeRawBufferPointer(frames[$0]) }, to: target)
        var found: [UInt32: [Float]] = [:]
        try DetectionReader(.nmsByClass, BoxShape(classes: 5)).read(UnsafeRawBufferPointer(target)) {
            found[$0.label, default: []].append($0.score)
        }

        func real(_ name: String, _ row: Int, _ column: Int, _ feature: Int) -> Float {
            let index = op.inputs.firstIndex { $0.name.text == name }!
            let output = head.outputs.first { $0.name == name }!
            let place = (row * Int(output.shape.features) + feature) * 16 + column
            let stored =
                isWide
                ? Float(frames[index].load(fromByteOffset: 2 * place, as: UInt16.self)) : Float(frames[index][place])
            return (stored - output.zeroPoint) * (output.scale * FeatureScaleTests.factor(feature))
        }
        // Nothing overlaps by nine times the union, so that all candidates stay.
        for label in 0..<5 {
            var expected: [Float] = []
            for row in 0..<8 {
                for column in 0..<9 {
                    let sure = real("o", row, column, 0)
                    let score = real("c", row, column, label) * sure
                    if sure >= 0.4, score >= 0.4 { expected.append(score) }
                }
            }
            let sorted = expected.sorted(by: >)
            #expect(found[UInt32(label)]?.count ?? 0 == sorted.count)
            for (one, other) in zip(found[UInt32(label)] ?? [], sorted) { #expect((one - other).magnitude < 1e-6) }
        }
        #expect(found.values.reduce(0) { $0 + $1.count } > 20)
    }
}
