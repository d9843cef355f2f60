import HailoBase
import Foundation
import HailoHEF
import HailoPostProcess
import HailoTestSupport
import Testing

/// Random outputs of networks of all kinds, in sizes that networks have, held to what the vendor's library makes of them:
/// checksums of its results, without the addresses of masks, and without pixels of masks beyond the picture's border, which
/// it takes from elsewhere.
@Suite struct VendorRandomTests {
    struct Case: CustomTestStringConvertible {
        let head: HeadModel
        let hash: UInt64
        let size: Int

        var testDescription: String { head.name }
    }

    static let cases: [Case] = {
        let text =
            (try? String(
                contentsOf: VendorGoldenTests.fixtures.appending(path: "postprocess-cases.txt"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { line in
            let parts = line.components(separatedBy: " = ")
            let result = parts[1].split(separator: " ")
            return Case(head: HeadModel(parts[0]), hash: UInt64(result[0]) ?? 0, size: Int(result[1]) ?? 0)
        }
    }()

    @Test func allCasesAreRead() {
        #expect(VendorRandomTests.cases.count == 45)
    }

    /// `Tests/Fixtures/postprocess_cases.py` makes the same tensors; `test_postprocessing.py` has the same digest.
    @Test func theTensorsAreThoseOfTheScript() throws {
        let head = try #require(VendorRandomTests.cases.first { $0.head.name == "yolov8_4" }).head
        let frames = head.frames(try head.op())
        defer { for frame in frames { frame.deallocate() } }
        #expect(MD5.digest(frames.flatMap { [UInt8]($0) }).hexadecimal == "9476384f3fafa443ad0004a4238ee8ba")
    }

    @Test(arguments: cases)
    func theVendorsResults(_ entry: Case) throws {
        let op = try entry.head.op()
        let frames = entry.head.frames(op)
        defer { for frame in frames { frame.deallocate() } }
        let settings = entry.head.form == 2 ? nil : entry.head.settings
        let processor = try PostProcessor.make(op, op.inputs.map { $0.layer }, entry.head.format, settings)
        var target = [UInt8](repeating: 0xaa, count: processor.frameSize)
        try target.withUnsafeMutableBytes { target in
            // Twice: a frame leaves nothing behind.
            for _ in 0..<2 { try processor.run({ UnsafeRawBufferPointer(frames[$0]) }, to: target) }
        }
        if entry.head.form == 3 { VendorGoldenTests.clearAddresses(&target) }
        #expect(target.dropFirst(entry.size).allSatisfy { $0 == 0 })
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in target.prefix(entry.size) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        #expect(hash == entry.hash)
    }
}
