import HailoBase
import Foundation
import HailoHEF
import HailoPostProcess
import Testing
import HailoFormats

/// What comes out of the ops of the corpus, held to what was recorded of the vendor's library. Where that is wrong the file
/// holds what is right; Fixtures/postprocess.py says where.
@Suite struct VendorGoldenTests {
    struct Case: Decodable, CustomTestStringConvertible {
        let name, model, output, order, type: String
        let score, iou, per_class, total, mask: Double?
        let frames: [Frame]
        /// The frames of the streams, in the first case of a file.
        let inputs: [[Data]]?

        var testDescription: String { name + " " + output }

        struct Frame: Decodable {
            let number: Int
            let expected: Data

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                number = try list.decode(Int.self)
                expected = try list.decode(Data.self)
            }
        }

        func settings(_ op: PostOp) -> DetectionSettings? {
            guard var settings = DetectionSettings(op) else { return nil }
            if let score { settings.scoreThreshold = Float(score) }
            if let iou { settings.overlapThreshold = Float(iou) }
            if let per_class { settings.maximumPerClass = UInt32(per_class) }
            if let total { settings.maximumTotal = UInt32(total) }
            if let mask { settings.maximumMaskBytes = UInt32(mask) }
            return settings
        }

        var format: Format {
            Format(
                [.uint8, .uint16, .float32].first { $0.name == type } ?? .automatic,
                (0...23).map { Order(rawValue: $0) }.first { $0.name == order } ?? .automatic)
        }
    }

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static let cases: [Case] = {
        guard
            let text = try? String(
                contentsOf: fixtures.appending(path: "postprocess-goldens.jsonl"), encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }()

    @Test func allCasesAreRead() {
        #expect(VendorGoldenTests.cases.count == 51)
    }

    @Test(arguments: cases)
    func theVendorsResults(_ entry: Case) throws {
        let bytes = try Data(contentsOf: VendorGoldenTests.fixtures.appending(path: "hef/\(entry.model).hef"))
        let group = try #require(try bytes.withUnsafeBytes { try HefFile($0) }.groups.first)
        let op = try #require(group.postOps.first { $0.output.name.text == entry.output })
        let processor = try PostProcessor.make(
            op, op.inputs.map { $0.layer }, entry.format, entry.settings(op))
        let sources = try #require(
            VendorGoldenTests.cases.first { $0.model == entry.model && $0.inputs != nil }?.inputs)
        for frame in entry.frames {
            let number = frame.number
            var target = [UInt8](repeating: 0xaa, count: processor.frameSize)
            try target.withUnsafeMutableBytes { target in
                let inputs = sources[number].map { data in
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 64)
                    buffer.copyBytes(from: data)
                    return buffer
                }
                defer { for input in inputs { input.deallocate() } }
                try processor.run({ UnsafeRawBufferPointer(inputs[$0]) }, to: target)
            }
            if entry.order == Order.nmsWithByteMask.name { VendorGoldenTests.clearAddresses(&target) }
            #expect(Data(target.prefix(frame.expected.count)) == frame.expected, "frame \(number)")
            #expect(target.dropFirst(frame.expected.count).allSatisfy { $0 == 0 }, "frame \(number)")
        }
    }

    /// The vendor's frames contain addresses of their masks.
    static func clearAddresses(_ frame: inout [UInt8]) {
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(frame[offset + $1]) << (8 * $1) }
        }
        var offset = 2
        for _ in 0..<number(0, 2) {
            for byte in 0..<8 { frame[offset + 30 + byte] = 0 }
            offset += 38 + number(offset + 22, 8)
        }
    }
}
