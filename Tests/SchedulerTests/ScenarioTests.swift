import Foundation
import HailoScheduler
import Testing

private let scenarioFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/scheduler/scenarios")

/// The policy alone, held to recorded scenarios of the vendor's scheduler: the same models get the same numbers of frames in the
/// same order.
@Suite struct ScenarioTests {
    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: scenarioFolder.path), "the scenarios are not there"))
    func turnsAsRecorded() throws {
        var compared = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: scenarioFolder.path).sorted() {
            let data = try Data(contentsOf: scenarioFolder.appending(path: name))
            let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            guard let replay = try Replay(file) else { continue }
            let expected = replay.expectedTurns(file)
            guard !expected.isEmpty else { continue }
            compared += 1
            let found = try replay.run()
            for (device, turns) in expected { #expect(found[device] == turns, "\(name), device \(device)") }
        }
        #expect(compared >= 35)
    }
}

/// A scenario with a clock of its own: a thread that takes the steps, threads that keep models busy, and devices that take
/// their time for each frame.
private final class Replay {
    private struct Model {
        let id: String
        let client: SchedulingPolicy.Client
        let depth: Int
        let runsInBatches: Bool
        var open = 0
    }

    /// Frames that are submitted one after the other as soon as there is room.
    private struct Feeder {
        let model: Int
        var frames: Int
    }

    private struct Flight {
        let model: Int
        let end: UInt64
        let frames: Int
    }

    private static let millisecond: UInt64 = 1_000_000
    private static let handled: Set = [
        "submit", "wait", "set_priority", "set_threshold", "set_timeout", "note", "queue_size",
    ]

    private let steps: [[String: Any]]
    private let interval: UInt64
    private var policy: SchedulingPolicy
    private var models: [Model] = []
    private var flights: [[Flight]]
    private var feeders: [Feeder] = []
    private var turns: [[String]]
    private var now: UInt64 = 0

    /// nil for a scenario that is about more than turns.
    init?(_ file: [String: Any]) throws {
        let scenario = try #require(file["scenario"] as? [String: Any])
        steps = try #require(scenario["steps"] as? [[String: Any]])
        let fake = scenario["fake"] as? [String: Any] ?? [:]
        let devices = scenario["vdevices"] as? [[String: Any]] ?? [[:]]
        let count = devices.first?["device_count"] as? Int ?? 1
        interval = 1_000_000_000 / UInt64(fake["fps"] as? Double ?? 25)
        policy = SchedulingPolicy(devices: count)
        flights = [[Flight]](repeating: [], count: count)
        turns = [[String]](repeating: [], count: count)
        let specifications = try #require(scenario["models"] as? [[String: Any]])
        let isPlain =
            devices.count == 1 && devices[0]["scheduler"] as? String != "NONE" && scenario["inject"] == nil
            && scenario["env"] == nil && fake["arch"] == nil
            && steps.allSatisfy { Replay.handled.contains($0["op"] as? String ?? "") }
            && specifications.allSatisfy {
                ["infer", nil].contains($0["api"] as? String) && $0["late"] == nil && $0["group"] == nil
            }
            && Set(specifications.map { "\($0["hef"] ?? "")\($0["batch"] ?? 0)" }).count == specifications.count
        // Not those that end before all frames have run.
        let completions = (file["result"] as? [String: Any])?["completions"] as? [String: [[Any]]] ?? [:]
        let isWhole = completions.values.allSatisfy { $0.allSatisfy { $0.first as? String == "SUCCESS" } }
        guard isPlain, isWhole else { return nil }
        for specification in specifications {
            let batch = specification["batch"] as? Int ?? 0
            let name = specification["hef"] as? String ?? ""
            let hasContexts = name.hasPrefix("mc") || name.contains("_mc")
            let depth = max(32, 2 * batch)
            let traits = SchedulingTraits(
                burst: batch > 0 ? batch : depth, depth: depth, runsInBatches: hasContexts && batch > 1)
            let client = policy.add(traits, now: 0)
            // Set after configuring, in this order.
            var settings = SchedulingSettings()
            settings.threshold = specification["threshold"] as? Int ?? 0
            settings.timeout = UInt64(max(specification["timeout_ms"] as? Int ?? 0, 0)) * Replay.millisecond
            policy.set(threshold: settings.threshold, timeout: settings.timeout, of: client)
            if let priority = specification["priority"] as? Int {
                settings.priority = UInt8(priority)
                policy.set(settings, of: client)
            }
            models.append(
                Model(
                    id: specification["id"] as? String ?? "", client: client, depth: depth,
                    runsInBatches: traits.runsInBatches))
        }
    }

    /// By device, as far as another library has to match them.
    func expectedTurns(_ file: [String: Any]) -> [Int: [String]] {
        let compare = file["compare"] as? [String: Any]
        let mustMatch = compare?["must_match"] as? [String] ?? []
        let devices = (file["result"] as? [String: Any])?["devices"] as? [String: Any] ?? [:]
        var expected: [Int: [String]] = [:]
        for (number, device) in devices where mustMatch.contains("devices.\(number).turns") {
            let turns = (device as? [String: Any])?["turns"] as? [[Any]] ?? []
            expected[Int(number) ?? 0] = turns.map { "\($0[0])\($0[1])" }
        }
        return expected
    }

    func run() throws -> [[String]] {
        for step in steps {
            if let time = step["t_ms"] as? Double { proceed(until: { _ in false }, by: UInt64(time * 1_000_000)) }
            let index = models.firstIndex { $0.id == step["model"] as? String }
            let value = step["value"] as? Int ?? 0
            switch step["op"] as? String {
            case "submit":
                submit(step, try #require(index))
            case "wait":
                proceed(until: { replay in
                    replay.feeders.isEmpty
                        && replay.models.enumerated().allSatisfy {
                            $0.element.open == 0 || index != nil && $0.offset != index
                        }
                })
            case "set_priority":
                guard value <= 31, let index else { break }
                var settings = policy.settings(of: models[index].client) ?? SchedulingSettings()
                settings.priority = UInt8(value)
                policy.set(settings, of: models[index].client)
            case "set_threshold", "set_timeout":
                guard let index, let old = policy.settings(of: models[index].client) else { break }
                let isThreshold = step["op"] as? String == "set_threshold"
                policy.set(
                    threshold: isThreshold ? value : old.threshold,
                    timeout: isThreshold ? old.timeout : UInt64(max(value, 0)) * Replay.millisecond,
                    of: models[index].client)
            default: break
            }
            advance()
        }
        proceed(until: { $0.feeders.isEmpty && $0.models.allSatisfy { $0.open == 0 } })
        return turns.map { $0.map { $0 } }.map(Replay.joined)
    }

    private func submit(_ step: [String: Any], _ model: Int) {
        let frames = step["frames"] as? Int ?? 1
        let spacing = UInt64((step["spacing_ms"] as? Double ?? 0) * 1_000_000)
        if step["thread"] != nil {
            feeders.append(Feeder(model: model, frames: frames))
            feed()
            return
        }
        for frame in 0..<frames {
            if frame > 0, spacing > 0 { proceed(until: { _ in false }, by: now + spacing) }
            queue(model)
        }
    }

    private func queue(_ model: Int) {
        models[model].open += 1
        policy.didQueue(1, of: models[model].client, now: now)
        advance()
    }

    private func feed() {
        for index in feeders.indices {
            let model = feeders[index].model
            while feeders[index].frames > 0, models[model].open < models[model].depth {
                feeders[index].frames -= 1
                queue(model)
            }
        }
        feeders.removeAll { $0.frames == 0 }
    }

    private func advance() {
        while let turn = policy.next(now: now) {
            guard let model = models.firstIndex(where: { $0.client == turn.client }) else { return }
            let start = max(flights[turn.device].last?.end ?? 0, now)
            if models[model].runsInBatches {
                // A batch comes back as a whole.
                let end = start + interval * UInt64(turn.frames)
                flights[turn.device].append(Flight(model: model, end: end, frames: turn.frames))
            } else {
                for frame in 1...turn.frames {
                    flights[turn.device].append(Flight(model: model, end: start + interval * UInt64(frame), frames: 1))
                }
            }
            let begins = turn.preparation != .none
            turns[turn.device].append((begins ? "+" : "") + models[model].id + " \(turn.frames)")
        }
    }

    /// Lets time pass until something is so, or until then.
    private func proceed(until isDone: (Replay) -> Bool, by moment: UInt64 = .max) {
        while !isDone(self) {
            guard let end = flights.compactMap({ $0.first?.end }).min(), end <= moment else { break }
            now = max(now, end)
            // What ends at the same time ends together.
            for device in flights.indices {
                while let flight = flights[device].first, flight.end == end {
                    flights[device].removeFirst()
                    models[flight.model].open -= flight.frames
                    policy.didFinish(flight.frames, on: device)
                }
            }
            feed()
            advance()
        }
        if moment != .max { now = max(now, moment) }
    }

    /// Frames that were sent between two changes of the device, together.
    private static func joined(_ entries: [String]) -> [String] {
        var result: [(String, Int)] = []
        for entry in entries {
            let begins = entry.hasPrefix("+")
            let words = entry.drop { $0 == "+" }.split(separator: " ")
            let frames = Int(words[1]) ?? 0
            if begins || result.isEmpty {
                result.append((String(words[0]), frames))
            } else {
                result[result.count - 1].1 += frames
            }
        }
        return result.map { "\($0.0)\($0.1)" }
    }
}
