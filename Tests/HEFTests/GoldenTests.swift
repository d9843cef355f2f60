import HailoBase
import Foundation
import HailoHEF
import Hailo
import Testing

/// Every file of the corpus, held to the verdict and the description of the vendor's library.
@Suite struct GoldenTests {
    @Test func theCorpusIsThere() {
        #expect(Golden.inRepository.count == 266)
        #expect(Golden.inRepository.allSatisfy { FileManager.default.fileExists(atPath: $0.url.path) })
    }

    @Test(arguments: Golden.inRepository)
    func verdictAndContents(golden: Golden) throws {
        try check(golden)
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: Golden.realModels.path), "the real models are not there"),
        arguments: Golden.real)
    func realModels(golden: Golden) throws {
        try check(golden)
    }

    /// Files of old compilers, which the vendor's library refuses from 4.21 on. Here they can be read, since older firmware
    /// runs them; who configures them for newer firmware is told the same.
    private static let forOlderFirmware: Set = ["bad_ext_no_periph", "bad_features_v0"]

    private func check(_ golden: Golden) throws {
        let bytes = golden.bytes
        let fromFile = Result { try Model.load(path: golden.url.path) }
        let fromMemory = Result { try Model.load(bytes: bytes) }
        switch (fromFile, fromMemory) {
        case (.success(let model), .success) where GoldenTests.forOlderFirmware.contains(golden.name):
            #expect(!model.file.features.hostCalculatesPeriphery)
            #expect(Golden.status(for: golden.status ?? 0) == .hefUnsupported)
        case (.success(let model), .success):
            #expect(golden.status == 0, "accepted")
            try compare(model.file, golden)
        case (.failure(let error as HailoError), .failure(let memoryError as HailoError)):
            #expect(error.status == memoryError.status)
            #expect(error.message == golden.url.path + ": " + memoryError.message)
            // Where the vendor's library crashes, any error will do.
            if let status = golden.status { #expect(Golden.status(for: status) == error.status, "\(error.message)") }
            #expect(error.message.count > 30)
        default:
            Issue.record("file and memory disagree")
        }
    }

    private func compare(_ file: HefFile, _ golden: Golden) throws {
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(file.report().utf8)) as? [String: Any])
        let dump = golden.dump
        #expect(report["arch"] as? String == dump["arch_name"] as? String)
        #expect(report["hash"] as? String == dump["hash"] as? String)
        #expect(differences(report["external_resources"], dump["external_resources"] ?? [:]) == [])
        let groups = try #require(report["groups"] as? [[String: Any]])
        let expected = try #require(dump["groups"] as? [[String: Any]])
        #expect(groups.count == expected.count)
        for (group, expected) in zip(groups, expected) {
            #expect(findings(group, expected, golden) == [])
        }
    }

    private func findings(_ group: [String: Any], _ expected: [String: Any], _ golden: Golden) -> [String] {
        // A name of 300 bytes overflows a buffer of the vendor's library, and what it reports is garbage.
        if golden.name == "bad_name_long" { return [] }
        var found: [String] = []
        for key in ["name", "networks", "sorted_outputs", "fps"] {
            found += differences(group[key], expected[key] ?? [], at: key)
        }
        let networks = group["by_network"] as? [[String: Any]] ?? []
        for (index, query) in (expected["by_name"] as? [[String: Any]] ?? []).enumerated() {
            let source = index == 0 ? group : networks[index - 1]
            for key in ["streams", "vstreams"] {
                // A status stands for "no inputs" or "no outputs": ours lists what is there.
                if let list = query[key] as? [Any] { found += differences(source[key], list, at: "\(index).\(key)") }
            }
        }
        let names = group["names"] as? [String: Any] ?? [:]
        for (map, entries) in expected["names"] as? [String: [String: Any]] ?? [:] {
            for (name, value) in entries {
                let actual = (names[map] as? [String: Any])?[name]
                // The vendor's status 61 is our empty list.
                found += differences(actual, value is [String: Any] ? [] : value, at: map + "." + name)
            }
        }
        return found
    }
}
