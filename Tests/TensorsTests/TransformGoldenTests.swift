import HailoBase
import Foundation
import HailoTensors
import Testing
import HailoFormats
import HailoHEF

/// Conversions between host and chip, held to recorded ones of the vendor's library.
@Suite struct TransformGoldenTests {
    /// A line of transform-goldens.jsonl; Fixtures/transforms.py says how to read it.
    struct Case: Decodable {
        let number: Int
        let toDevice: Bool
        let source, target: TensorForm
        let quantizations: [Quantization]
        let offset: Int
        let status: Int
        let checksum: UInt32
        let undefined: [Int]

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            number = try list.decode(Int.self)
            toDevice = try list.decode(Int.self) == 1
            source = try Case.form(&list)
            target = try Case.form(&list)
            quantizations = try list.decode([[Float]].self).map {
                Quantization(zeroPoint: $0[0], scale: $0[1], minimum: $0[2], maximum: $0[3])
            }
            offset = try list.decode(Int.self)
            status = try list.decode(Int.self)
            checksum = status == 0 ? try list.decode(UInt32.self) : 0
            undefined = status == 0 ? try list.decode([Int].self) : []
        }

        private static func form(_ list: inout any UnkeyedDecodingContainer) throws -> TensorForm {
            let shape = try list.decode([UInt32].self)
            let format = try list.decode([UInt32].self)
            return TensorForm(
                Shape(shape[0], shape[1], shape[2]),
                Format(
                    NumberType(rawValue: format[0]) ?? .automatic, Order(rawValue: format[1]),
                    isTransposed: format[2] & 2 != 0))
        }
    }

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    @Test func allCases() throws {
        let text = try String(
            contentsOf: TransformGoldenTests.fixtures.appending(path: "transform-goldens.jsonl"), encoding: .utf8)
        let input = try Data(contentsOf: TransformGoldenTests.fixtures.appending(path: "transform-input.bin"))
        let cases = try text.split(separator: "\n").map {
            try JSONDecoder().decode(Case.self, from: Data($0.utf8))
        }
        #expect(cases.count > 5500)
        var wrong: [String] = []
        for entry in cases { if let what = try check(entry, input) { wrong.append("\(entry.number): \(what)") } }
        #expect(wrong == [], "\(wrong.count) of \(cases.count)")
    }

    /// What is wrong with a case, or nil.
    private func check(_ entry: Case, _ input: Data) throws -> String? {
        let device = entry.toDevice ? entry.target : entry.source
        let host = entry.toDevice ? entry.source : entry.target
        let open = device.onHost(host.shape, choosing: host.format)
        do throws(HailoError) {
            let transform = try FrameTransform(
                entry.toDevice ? .input : .output, from: entry.toDevice ? open : device,
                to: entry.toDevice ? device : open, entry.quantizations)
            guard entry.status == 0 else { return "accepted, \(entry.status) expected" }
            let output = try run(transform, input, entry.offset)
            var defined: [UInt8] = []
            var position = 0
            for index in stride(from: 0, to: entry.undefined.count, by: 2) {
                defined += output[position..<entry.undefined[index]]
                position = entry.undefined[index] + entry.undefined[index + 1]
            }
            defined += output[position...]
            let checksum = defined.withUnsafeBytes { CRC32.checksum($0) }
            return checksum == entry.checksum ? nil : "other bytes: \(entry.source) \(entry.target)"
        } catch {
            return entry.status == 0 ? "refused: \(error.message)" : nil
        }
    }

    private func run(_ transform: FrameTransform, _ input: Data, _ offset: Int) throws(HailoError) -> [UInt8] {
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: transform.sourceSize, alignment: 8)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: transform.targetSize, alignment: 8)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: transform.scratchSize, alignment: 64)
        defer {
            source.deallocate()
            target.deallocate()
            scratch.deallocate()
        }
        source.copyBytes(from: input[offset..<(offset + transform.sourceSize)])
        target.initializeMemory(as: UInt8.self, repeating: 0xa5)
        scratch.initializeMemory(as: UInt8.self, repeating: 0x5a)
        try transform.run(UnsafeRawBufferPointer(source), to: target, scratch: scratch)
        return Array(target)
    }
}
