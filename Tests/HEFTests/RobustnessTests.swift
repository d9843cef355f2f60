import HailoBase
import HailoHEF
import HailoHEFWriter
import Testing

/// Damage behind a checksum that was made right again: no outcome but a model or an error.
@Suite struct RobustnessTests {
    private func survive(_ bytes: [UInt8]) {
        do throws(HailoError) {
            let file = try parse(bytes)
            _ = file.report()
        } catch {
            #expect(error.message.count > 10)
        }
    }

    private static let models = [
        "min_v2", "nf_yolov5", "nms_defused", "planes_nv12", "mux_nested", "ddr_mc2", "min_v0",
    ]

    @Test(arguments: models)
    func everyByteChanged(name: String) throws {
        let golden = try #require(Golden.inRepository.first { $0.name == name })
        let bytes = golden.bytes
        let file = try parse(bytes)
        for position in file.container.message {
            for mask in [0x01, 0x80, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[position] ^= mask
                if let resigned = HefBuilder.resigned(damaged) { survive(resigned) }
            }
        }
    }

    @Test(arguments: models)
    func theDescriptionCutAnywhere(name: String) throws {
        let golden = try #require(Golden.inRepository.first { $0.name == name })
        let bytes = golden.bytes
        let file = try parse(bytes)
        let description = Array(bytes[file.container.message])
        for length in 0..<description.count {
            survive(HefBuilder.file(version: file.container.version, description: Array(description.prefix(length))))
        }
    }

    @Test func resigningKeepsWhatWasRight() throws {
        for golden in Golden.inRepository where golden.status == 0 {
            let bytes = golden.bytes
            let resigned = try #require(HefBuilder.resigned(bytes))
            #expect(try parse(resigned).container.hash == parse(bytes).container.hash, "\(golden.name)")
        }
    }
}
