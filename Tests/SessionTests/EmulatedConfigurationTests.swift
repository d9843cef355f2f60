import HailoBase
import HailoEmulator
import Foundation
import HailoHEF
import Hailo
import Testing

/// Models of others, beside the repository.
private let realModelFolder = PlanGolden.fixtures.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/hefs")

/// Whole sessions on the emulated device: it accepts everything, and the configuration data arrives as it is in the file.
@Suite struct EmulatedConfigurationTests {
    /// Models that firmware 4.18 does not run.
    private static let needsNewerFirmware: Set = ["act_halt", "act_sleep"]

    @Test(arguments: PlanGolden.accepted)
    func theCorpus(golden: PlanGolden) throws {
        let model = try golden.load()
        if EmulatedConfigurationTests.needsNewerFirmware.contains(golden.model) {
            let old = try Device.open("emulator,board=old-\(golden.model),driver=4.18.0,firmware=4.18.0")
            let error = #expect(throws: HailoError.self) { try old.configure(model, options: Session.Options()) }
            #expect(error?.status == .hefUnsupported)
        }
        let received = try run(model, golden.options(for: model), on: golden.deviceID, file: try golden.path())
        for fetch in golden.fetched ?? [] {
            let matches = received.filter {
                $0.context == fetch.context && Int($0.stream) == fetch.stream && Int($0.channel) == fetch.channel
                    && $0.descriptors == fetch.descriptors && $0.bytes.count == fetch.bytes
                    && MD5.digest($0.bytes).hexadecimal == fetch.digest
            }
            #expect(!matches.isEmpty, "context \(fetch.context), stream \(fetch.stream)")
        }
        if let fetched = golden.fetched { #expect(received.filter { $0.descriptors > 0 }.count == fetched.count) }
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: realModelFolder.path), "the real models are not there"),
        arguments: ["hand_landmark_lite", "lightface_slim", "fast_depth"])
    func realModels(name: String) throws {
        let path = realModelFolder.appending(path: "\(name).hef").path
        let model = try Model.load(path: path)
        for chip in ["emulator:hailo8", "emulator:hailo8l"] {
            guard chip == "emulator:hailo8" || model.file.architecture.runs(on: .hailo8l) else { continue }
            _ = try run(model, [Session.Options()], on: chip + ",board=real-" + name, file: path)
        }
    }

    /// Configures, activates and closes; returns what configuration data the chip got, after comparing it with the file's.
    private func run(
        _ model: Model, _ options: [Session.Options], on id: String, file: String
    ) throws -> [ReceivedConfiguration] {
        let device = try Device.open(id)
        let driver = try #require(device.driver as? EmulatedDriver)
        var received: [ReceivedConfiguration] = []
        driver.observeConfiguration { received.append($0) }
        let sessions = try options.map { try device.configure(model, options: $0) }
        for session in sessions {
            try session.activate()
            #expect(driver.books.isRunning)
            try session.deactivate()
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let clusters = try device.info.clusterLayout
        for (index, session) in sessions.enumerated() {
            let group = try #require(model.file.groups.first { $0.name.text == session.info.group })
            let layout = group.layouts.first { id.hasPrefix("emulator:hailo8l") && $0.clusters == clusters }
            compare(received.filter { $0.application == index }, layout?.coreOp ?? group.coreOp, bytes)
        }
        for session in sessions { try session.close() }
        #expect(driver.books == EmulatedDriver.Books())
        #expect(driver.violations == [])
        return received
    }

    private func compare(_ received: [ReceivedConfiguration], _ coreOp: CoreOp, _ file: Data) {
        let contexts =
            [(2, coreOp.preliminary)] + coreOp.contexts.enumerated().map { ($0.offset + 3, $0.element.operations) }
        for (number, operations) in contexts {
            var expected: [UInt8: [UInt8]] = [:]
            for case .writeConfiguration(let stream, let offset, let size) in operations.flatMap({ $0.actions }) {
                expected[stream, default: []] += file[Int(offset)..<Int(offset + size)]
            }
            for (stream, bytes) in expected where !bytes.isEmpty {
                let arrived = received.first { $0.context == number && $0.stream == stream }
                #expect(arrived?.bytes == bytes, "context \(number), stream \(stream)")
            }
        }
    }
}
