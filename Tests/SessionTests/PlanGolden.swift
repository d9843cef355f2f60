import HailoBase
import Foundation
import HailoHEF
import Hailo
import Testing

/// One way to configure a model, and what the vendor's library made of it. Fixtures/plans.py says how to read the steps.
struct PlanGolden: Sendable, CustomTestStringConvertible, Decodable {
    struct Group: Sendable, Decodable {
        let steps: [String]
        let controls: [String]
    }

    /// What the chip fetched: context, configuration stream, channel, descriptors, bytes, MD5.
    struct Fetch: Sendable, Decodable {
        let context, stream, channel, descriptors, bytes: Int
        let digest: String

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            context = try list.decode(Int.self)
            stream = try list.decode(Int.self)
            channel = try list.decode(Int.self)
            descriptors = try list.decode(Int.self)
            bytes = try list.decode(Int.self)
            digest = try list.decode(String.self)
        }
    }

    let name: String
    let model: String
    let hailo8l: Bool
    let batches: [UInt32]
    let refused: Bool
    /// Missing where the vendor's library refuses, or crashes.
    let groups: [Group]?
    let fetched: [Fetch]?

    var testDescription: String { name }

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static let all: [PlanGolden] = {
        let text = (try? String(contentsOf: fixtures.appending(path: "plan-goldens.jsonl"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(PlanGolden.self, from: Data($0.utf8))
        }
    }()

    /// Status and message for each row that is refused.
    static let refusals: [String: String] = {
        let text = (try? String(contentsOf: fixtures.appending(path: "plan-refusals.txt"), encoding: .utf8)) ?? ""
        let rows = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.count == 2 ? (String(words[0]), String(words[1])) : nil
        }
        return Dictionary(rows) { first, _ in first }
    }()

    static let accepted = all.filter { !$0.refused }
    static let refusedOnes = all.filter { $0.refused }

    func load() throws -> Model { try Model.load(path: path()) }

    /// A model of the fixtures.
    static func path(of name: String, in folder: String = "hef") -> String {
        fixtures.appending(path: "\(folder)/\(name).hef").path
    }

    func path() throws -> String {
        for folder in ["hef", "invalid"] {
            let url = PlanGolden.fixtures.appending(path: folder).appending(path: model + ".hef")
            if FileManager.default.fileExists(atPath: url.path) { return url.path }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// A board for each golden, since tests run side by side.
    var deviceID: String { (hailo8l ? "emulator:hailo8l" : "emulator:hailo8") + ",board=golden-\(name)" }

    /// How each group is configured, in alphabetical order.
    func options(for model: Model) -> [Session.Options] {
        var networks = 0
        return model.file.groups.sorted { $0.name < $1.name }.map { group in
            var options = Session.Options()
            options.group = group.name.text
            for name in group.networkNames.sorted() where !batches.isEmpty {
                options.networkBatchSizes.append((name.text, batches[min(networks, batches.count - 1)]))
                networks += 1
            }
            return options
        }
    }
}
