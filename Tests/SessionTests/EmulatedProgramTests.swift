import HailoBase
import Foundation
import HailoHEFWriter
import Hailo
import Testing

/// Models that carry programs for the emulated core: what is wrong with one is refused in words, and no card gets one.
@Suite struct EmulatedProgramTests {
    private static let digits = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Demo/digits.hef")

    private static let magic = Array("HSCP".utf8)

    /// The model with a byte of its program changed, so many bytes behind the program's beginning.
    private func damaged(at offset: Int, _ value: UInt8) throws -> Model {
        var bytes = Array(try Data(contentsOf: EmulatedProgramTests.digits))
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: EmulatedProgramTests.magic) })
        bytes[start + offset] = value
        return try Model.load(bytes: try #require(HefBuilder.resigned(bytes)))
    }

    private func device() throws -> Device {
        try Device.open("emulator,board=program-\(UInt64.random(in: 0...UInt64.max))")
    }

    @Test(arguments: [
        (4, 9, "it has version 9; this library knows version 1"), (11, 1, "it should have"), (13, 255, "tensors and"),
        (20, 0, "a tensor has a side of 0"), (23, 1, "a tensor has a side of"),
    ])
    func brokenProgramsAreExplained(offset: Int, value: UInt8, reason: String) throws {
        let device = try device()
        let session = try device.configure(try damaged(at: offset, value))
        #expect(session.info.dataOrigin == .computed)
        let error = #expect(throws: HailoError.self) { try session.activate() }
        #expect(error?.status == .firmwareRejected)
        let findings = device.findings.filter { $0.kind == .refusal }
        #expect(findings.count == 1)
        #expect(findings.first?.text.contains("CHANGE_CONTEXT_SWITCH_STATUS") == true)
        #expect(findings.first?.text.contains(reason) == true, "\(findings)")
        try session.close()
    }

    /// Whatever stands in the program, the process lives.
    @Test func noByteOfAProgramTraps() throws {
        let device = try device()
        var refused = 0
        for offset in stride(from: 4, to: 1200, by: 13) {
            let session = try device.configure(try damaged(at: offset, 0xff))
            do {
                try session.activate()
                let inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, 2)
                let outputs = FrameMemory(sizes: try session.outputs.map { $0.frameSize }, 2)
                try session.run(count: 2, inputs: inputs.sources, outputs: outputs.buffers, milliseconds: 20000)
            } catch {
                refused += 1
            }
            try session.close()
        }
        #expect(refused > 10 && refused < 90)
        #expect(device.findings.allSatisfy { $0.kind == .refusal })
    }
}
