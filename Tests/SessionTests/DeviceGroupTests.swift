import Foundation
import Hailo
import HailoBase
import HailoEmulator
import Testing

/// Sessions on several devices: frames run on whichever is free, and end in order.
@Suite struct DeviceGroupTests {
    /// A group of devices with settings of their own.
    private func group(_ settings: [String]) throws -> DeviceGroup {
        let board = UInt64.random(in: 0...UInt64.max)
        return DeviceGroup(
            DeviceGroup.Members(
                try settings.enumerated().map { number, settings in
                    try Device.open("emulator,board=group-\(board)-\(number),output=checksum" + settings)
                }))
    }

    private func session(
        _ name: String, on group: DeviceGroup, batch: UInt32 = 0, priority: UInt32 = 16
    ) throws -> Session {
        var options = Session.Options()
        options.batchSize = batch
        options.scheduling = Session.Scheduling()
        options.scheduling?.priority = priority
        return try group.configure(try Model.load(path: PlanGolden.path(of: name)), options: options)
    }

    private func expectNothingLeft(_ group: DeviceGroup) throws {
        for device in group.devices {
            let driver = try #require(device.driver as? EmulatedDriver)
            #expect(driver.violations == [])
            #expect(driver.books == EmulatedDriver.Books())
        }
    }

    @Test(arguments: [1, 2, 3])
    func oneModel(devices: Int) throws {
        // Slower than this machine feeds them, so that all are needed.
        let group = try group([String](repeating: ",fps=200", count: devices))
        let session = try session("min_v2", on: group)
        try CheckedFrames("min_v2", seed: 1, count: 300).check(on: session, depth: 40)
        let done = group.devices.map { $0.statistics.frames }
        #expect(done.reduce(0, +) == 300)
        #expect(done.allSatisfy { $0 > 0 }, "\(done)")
        #expect(session.statistics.frames == 300)
        #expect(session.info.queueDepth == devices * (try EmulatedSession.make("min_v2").info.queueDepth))
        try session.close()
        try expectNothingLeft(group)
    }

    /// Whichever device is faster, results come in the order of the frames.
    @Test func resultsComeInOrder() throws {
        let group = try group([",fps=300", ",fps=2000", ",latency=2000"])
        let session = try session("mc2", on: group, batch: 2)
        let inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, 1)
        // Frames are delivered at the same time by several devices.
        let outputs = try (0..<200).map { _ in FrameMemory(sizes: try session.outputs.map { $0.frameSize }, 1) }
        let order = FinishedJobs()
        for number in 0..<200 {
            try session.submit(inputs: inputs.sources, outputs: outputs[number].buffers) { error in
                order.note(error == nil ? number : -1)
            }
        }
        #expect(order.wait(for: 200))
        #expect(order.numbers == Array(0..<200))
        try session.close()
        try expectNothingLeft(group)
    }

    private final class FinishedJobs: @unchecked Sendable {
        private let tally = Tally()
        private let lock = Lock()
        private(set) var numbers: [Int] = []

        func note(_ number: Int) {
            lock.withLock { numbers.append(number) }
            tally.note(nil)
        }

        func wait(for count: Int) -> Bool { tally.wait(for: count) }
    }

    /// Eight threads on four models on two devices.
    @Test func fourModelsEightThreads() throws {
        let group = try group(["", ""])
        let kinds = [("min_v2", UInt32(0)), ("mc2", 0), ("mc3_fan", 4), ("io_multi", 0)]
        var bodies: [@Sendable () throws -> Void] = []
        var sessions: [Session] = []
        for (number, kind) in kinds.enumerated() {
            let session = try session(kind.0, on: group, batch: kind.1)
            sessions.append(session)
            for thread in 0..<2 {
                let frames = try CheckedFrames(kind.0, seed: 10 * number + thread, count: 150)
                bodies.append { try frames.check(on: session) }
            }
        }
        try concurrently(bodies)
        for session in sessions {
            #expect(session.inFlight == (0, 0))
            try session.close()
        }
        try expectNothingLeft(group)
    }

    /// Frames of a device that is gone run on the others, and nobody notices.
    @Test(arguments: [
        "transfer#50:removed", "VDMA_LAUNCH_TRANSFER#60:removed", "CHANGE_CONTEXT_SWITCH_STATUS#3:removed",
    ])
    func aDeviceIsLost(fault: String) throws {
        let group = try group([",fault=" + fault, "", ""])
        let names = ["min_v2", "mc2"]
        let sessions = try names.map { try session($0, on: group, batch: 2) }
        let frames = try names.map { try CheckedFrames($0, seed: 2, count: 200) }
        try concurrently(zip(sessions, frames).map { session, frames in { try frames.check(on: session) } })
        for session in sessions {
            #expect(session.inFlight == (0, 0))
            try? session.close()
        }
    }

    @Test func allDevicesAreLost() throws {
        let group = try group([",fault=transfer#50:removed", ",fault=transfer#80:removed"])
        let session = try session("min_v2", on: group)
        let frames = try CheckedFrames("min_v2", seed: 3, count: 400)
        let error = #expect(throws: HailoError.self) { try frames.check(on: session) }
        #expect(error?.status == .deviceLost)
        let next = #expect(throws: HailoError.self) { try frames.check(on: session) }
        #expect(next?.status == .deviceLost)
        try? session.close()
    }

    /// What goes wrong on one device ends jobs of the model that it happened to, and no others.
    @Test(
        arguments: [
            "transfer#90:closed", "transfer#90:error", "transfer#90:hot", "VDMA_LAUNCH_TRANSFER#150:ECONNRESET",
            "VDMA_ENABLE_CHANNELS#3:EINVAL", "VDMA_DISABLE_CHANNELS#3:ENOMEM", "VDMA_INTERRUPTS_WAIT#40:ENOMEM",
            "CHANGE_CONTEXT_SWITCH_STATUS#3:0x4013003f", "CHANGE_CONTEXT_SWITCH_STATUS#4:garbled",
        ])
    func faults(fault: String) throws {
        let group = try group([",fault=" + fault, ""])
        let names = ["min_v2", "mc2", "io_multi"]
        let sessions = try names.map { try session($0, on: group, batch: 2) }
        let frames = try names.enumerated().map { try CheckedFrames($0.element, seed: $0.offset, count: 80) }
        let failures = Tally()
        try concurrently(
            zip(sessions, frames).map { session, frames in
                {
                    do {
                        try frames.check(on: session, depth: 6)
                    } catch {
                        failures.note(error as? HailoError)
                        try frames.check(on: session, depth: 6)
                    }
                }
            })
        #expect(failures.sum <= 1, "\(fault): \(failures.sum) models failed")
        for session in sessions { try? session.close() }
        try expectNothingLeft(group)
    }

    @Test func aSessionGoesWithFramesInFlight() throws {
        let group = try group(["", ""])
        let frames = try CheckedFrames("min_v2", seed: 7, count: 400)
        let first = try session("min_v2", on: group)
        try concurrently([
            { try frames.check(on: first) },
            {
                for round in 0..<20 {
                    let second = try self.session("mc2", on: group, batch: round % 2 == 0 ? 0 : 4)
                    let inputs = FrameMemory(sizes: try second.inputs.map { $0.frameSize }, 1)
                    let outputs = try (0..<8).map { _ in
                        FrameMemory(sizes: try second.outputs.map { $0.frameSize }, 1)
                    }
                    let tally = Tally()
                    for output in outputs {
                        try second.submit(inputs: inputs.sources, outputs: output.buffers) { tally.note($0) }
                    }
                    try second.close()
                    #expect(tally.wait(for: 8))
                    #expect(tally[.ok] + tally[.canceled] == 8)
                }
            },
        ])
        try first.close()
        try expectNothingLeft(group)
    }

    // MARK: Which devices

    @Test func devicesByIDsAndNames() throws {
        let mark = UInt64.random(in: 0...UInt64.max)
        var options = DeviceGroup.Options()
        options.ids = ["emulator,board=a\(mark)", "emulator:hailo8l,board=b\(mark)"]
        options.name = "name-\(mark)"
        var first: DeviceGroup? = try DeviceGroup.open(options)
        #expect(first?.devices.count == 2)
        options.ids.reverse()
        var second: DeviceGroup? = try DeviceGroup.open(options)
        #expect(second?.devices.first === first?.devices.first)
        options.ids.removeLast()
        var error = #expect(throws: HailoError.self) { try DeviceGroup.open(options) }
        #expect(error?.status == .invalidOperation)
        options.name = nil
        error = #expect(throws: HailoError.self) { try DeviceGroup.open(options) }
        #expect(error?.status == .busy)
        first = nil
        #expect(throws: HailoError.self) { try DeviceGroup.open(options) }
        second = nil
        #expect(try DeviceGroup.open(options).devices.count == 1)
        options.count = 2
        error = #expect(throws: HailoError.self) { try DeviceGroup.open(options) }
        #expect(error?.status == .invalidArgument)
    }
}
