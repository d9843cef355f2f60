import Foundation
import HailoBase
import HailoEmulator
import HailoFirmware
import HailoFormats
import Hailo
import HailoPlanner
import Testing

/// One library for all releases of driver and firmware.
@Suite struct ReleaseTests {
    private static let releases = ["4.18.0", "4.19.0", "4.20.0", "4.20.1", "4.21.0", "4.22.0", "4.23.0", "4.24.0"]

    private func open(_ driver: String, _ firmware: String, _ more: String = "") throws -> Device {
        try Device.open(
            "emulator,board=release-\(UInt64.random(in: 0...UInt64.max)),driver=\(driver),firmware=\(firmware)" + more)
    }

    private func frames(
        _ name: String, on device: Device, batch: UInt32 = 0, count: Int = 40
    ) throws -> [[UInt8]] {
        let session = try EmulatedSession.make(name, on: device, batch: batch)
        try session.activate()
        let inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, count)
        let outputs = FrameMemory(sizes: try session.outputs.map { $0.frameSize }, count)
        for (number, input) in inputs.buffers.enumerated() {
            for index in input.indices { input[index] = UInt8(truncatingIfNeeded: index * 7 + number) }
        }
        try session.run(count: count, inputs: inputs.sources, outputs: outputs.buffers, milliseconds: 20000)
        try session.close()
        let driver = try #require(device.driver as? EmulatedDriver)
        #expect(driver.violations == [])
        #expect(driver.books == EmulatedDriver.Books())
        return outputs.buffers.map { Array($0) }
    }

    @Test(arguments: releases)
    func everyReleaseRunsFrames(release: String) throws {
        let checks = ",output=checksum"
        let expected = try frames("mc2", on: open("4.23.0", "4.23.0", checks), batch: 4)
        #expect(try frames("mc2", on: open(release, release, checks), batch: 4) == expected)
    }

    /// What travels through the layouts that differ: boundaries, contexts, rows in memory, caches, boxes.
    @Test(
        arguments: ["min_v2", "mc2", "mc3_fan", "ddr_two", "cache_mc2", "io_multi", "nms_burst_frame"],
        [("4.20.1", "4.20.1"), ("4.20.1", "4.23.0"), ("4.23.0", "4.20.1"), ("4.23.0", "4.23.0")])
    func driverAndFirmwareOfAnyGeneration(name: String, releases: (String, String)) throws {
        let device = try open(releases.0, releases.1, ",output=checksum")
        #expect(try frames(name, on: device) == frames(name, on: open("4.22.0", "4.22.0", ",output=checksum")))
        #expect((try device.info.releaseNote == nil) == (releases.0 == releases.1))
    }

    @Test(arguments: [("4.17.0", "is too old"), ("5.1.0", "is for other chips")])
    func firmwareThatCannotBeConfigured(release: String, text: String) throws {
        let device = try open("4.23.0", release)
        #expect(try device.info.isServed == false)
        #expect(try device.info.releaseNote?.contains("firmware \(release) is not supported") == true)
        _ = try device.temperature()
        let error = #expect(throws: HailoError.self) { try EmulatedSession.make("min_v2", on: device) }
        #expect(error?.status == .unsupportedDevice)
        #expect(error?.message.contains("firmware \(release) \(text)") == true)
    }

    /// Made by compilers before 3.28: only firmware up to 4.20 runs it.
    @Test func filesOfOldCompilers() throws {
        let model = try Model.load(path: PlanGolden.path(of: "bad_ext_no_periph", in: "invalid"))
        let error = #expect(throws: HailoError.self) {
            try open("4.23.0", "4.23.0").configure(model, options: Session.Options())
        }
        #expect(error?.status == .hefUnsupported)
        #expect(error?.message.contains("too old for this device's firmware") == true)
        let session = try open("4.20.1", "4.20.1").configure(model, options: Session.Options())
        try session.activate()
        try session.close()
    }

    // MARK: Recordings

    /// Digests of what the vendor's library 4.20.1 was recorded to set up, by Fixtures/plans.py; "refused" where it refuses.
    private static let recorded: [(name: String, digest: String)] = {
        let path = PlanGolden.fixtures.appending(path: "plan-digests-4.20.txt")
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map { String($0) }
            return words.count == 2 ? (words[0], words[1]) : nil
        }
    }()

    @Test func theRecordingsAreThere() { #expect(ReleaseTests.recorded.count > 130) }

    @Test func plansEqualTheRecordings() throws {
        let goldens = Dictionary(uniqueKeysWithValues: PlanGolden.all.map { ($0.name, $0) })
        let firmware = FirmwareInterface(of: Version(4, 20, 1))
        for (name, digest) in ReleaseTests.recorded {
            let golden = goldens[name]
            // Newer releases cannot read files of old compilers, so that these have no golden.
            let model = try golden?.load() ?? Model.load(path: PlanGolden.path(of: name, in: "invalid"))
            let chip: Chip = golden?.hailo8l == true ? .hailo8l : .hailo8
            let target = PlanTarget.typical(chip, firmware: firmware, canStride: false)
            var lines: [String] = []
            do throws(HailoError) {
                for options in golden?.options(for: model) ?? [Session.Options()] {
                    let plan = try model.plan(for: target, options)
                    lines += PlanText.unrolled(plan) + plan.controls { $0 }.map { PlanText.text($0) }
                }
            } catch {
                #expect(digest == "refused", "\(name): \(error.message)")
                continue
            }
            let found = MD5.digest(Array(lines.joined(separator: "\n").utf8)).hexadecimal
            #expect(found == digest, "\(name)")
        }
    }
}
