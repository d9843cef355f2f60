import Foundation
import HailoBase
import HailoEmulator
import Hailo
import Testing

/// Sessions that take turns on one device. What comes out tells what went in, so that no frame can get lost, come twice or reach the
/// wrong session unseen.
@Suite struct ScheduledSessionTests {
    private func device(_ settings: String = "") throws -> Device {
        try Device.open("emulator,board=turns-\(UInt64.random(in: 0...UInt64.max)),output=checksum" + settings)
    }

    private func session(
        _ name: String, on device: Device, batch: UInt32 = 0, priority: UInt32 = 16
    ) throws -> Session {
        var options = Session.Options()
        options.batchSize = batch
        options.scheduling = Session.Scheduling()
        options.scheduling?.priority = priority
        return try device.configure(try Model.load(path: PlanGolden.path(of: name)), options: options)
    }

    /// Nothing is left of the sessions, and no call was made that a driver would not survive.
    private func expectNothingLeft(_ device: Device) throws {
        let driver = try #require(device.driver as? EmulatedDriver)
        #expect(driver.violations == [])
        #expect(driver.books == EmulatedDriver.Books())
    }

    @Test func oneAlone() throws {
        let device = try device()
        let work = try CheckedFrames("min_v2", seed: 1, count: 300)
        let session = try session("min_v2", on: device)
        #expect(session.isActive)
        try work.check(on: session)
        #expect(throws: HailoError.self) { try session.activate() }
        #expect(throws: HailoError.self) { try session.deactivate() }
        try work.check(on: session)
        try session.close()
        try expectNothingLeft(device)
    }

    /// Eight threads on four models: one context, two, one with batches, one with several inputs and outputs.
    @Test func fourModelsEightThreads() throws {
        let device = try device()
        let kinds = [("min_v2", UInt32(0)), ("mc2", 0), ("mc3_fan", 4), ("io_multi", 0)]
        var bodies: [@Sendable () throws -> Void] = []
        var sessions: [Session] = []
        for (number, kind) in kinds.enumerated() {
            let session = try session(kind.0, on: device, batch: kind.1)
            sessions.append(session)
            for thread in 0..<2 {
                let work = try CheckedFrames(kind.0, seed: 10 * number + thread, count: 150)
                bodies.append { try work.check(on: session) }
            }
        }
        try concurrently(bodies)
        for session in sessions {
            #expect(session.inFlight == (0, 0))
            try session.close()
        }
        try expectNothingLeft(device)
    }

    /// Frames of lengths that do not divide the ring, boxes from the chip, rows in memory, caches.
    @Test(arguments: ["nms_burst_frame", "ddr_two", "cache_mc2", "groups2"])
    func besideAnother(name: String) throws {
        let device = try device()
        let small = try session("min_v2", on: device, batch: 1)
        let other = try session(name, on: device, batch: name == "cache_mc2" ? 0 : 2)
        let works = [try CheckedFrames("min_v2", seed: 3, count: 120), try CheckedFrames(name, seed: 4, count: 60)]
        try concurrently([
            { try works[0].check(on: small) }, { try works[1].check(on: other) },
        ])
        try other.close()
        try works[0].check(on: small)
        try small.close()
        try expectNothingLeft(device)
    }

    @Test func aModelComesWhileOthersRun() throws {
        let device = try device()
        let first = try session("min_v2", on: device)
        let works = [try CheckedFrames("min_v2", seed: 5, count: 400), try CheckedFrames("mc2", seed: 6, count: 50)]
        try concurrently([
            { try works[0].check(on: first) },
            {
                for _ in 0..<5 {
                    let second = try self.session("mc2", on: device, batch: 2)
                    try works[1].check(on: second)
                    try second.close()
                }
            },
        ])
        try first.close()
        try expectNothingLeft(device)
    }

    /// A released session ends its jobs, the other goes on.
    @Test func aSessionGoesWithFramesInFlight() throws {
        let device = try device()
        let work = try CheckedFrames("min_v2", seed: 7, count: 400)
        let first = try session("min_v2", on: device)
        try concurrently([
            { try work.check(on: first) },
            {
                for round in 0..<20 {
                    let second = try self.session("mc2", on: device, batch: round % 2 == 0 ? 0 : 4)
                    let frames = FrameMemory(sizes: try second.inputs.map { $0.frameSize }, 1)
                    let outputs = FrameMemory(sizes: try second.outputs.map { $0.frameSize }, 1)
                    let tally = Tally()
                    for _ in 0..<8 {
                        try second.submit(inputs: frames.sources, outputs: outputs.buffers) { tally.note($0) }
                    }
                    try second.close()
                    #expect(tally.wait(for: 8))
                    #expect(tally[.ok] + tally[.canceled] == 8)
                }
            },
        ])
        try first.close()
        try expectNothingLeft(device)
    }

    @Test func byHandAndScheduledExcludeEachOther() throws {
        let device = try device()
        let byHand = try EmulatedSession.make("min_v2", on: device)
        let error = #expect(throws: HailoError.self) { try byHand.scheduling }
        #expect(error?.status == .invalidOperation)
        try byHand.activate()
        #expect(throws: HailoError.self) { try session("mc2", on: device) }
        try byHand.deactivate()
        let scheduled = try session("mc2", on: device)
        let refusal = #expect(throws: HailoError.self) { try byHand.activate() }
        #expect(refusal?.status == .invalidOperation)
        #expect(refusal?.message.contains("scheduled") == true)
        let work = try CheckedFrames("mc2", seed: 8, count: 20)
        try work.check(on: scheduled)
        try scheduled.close()
        try byHand.activate()
        try byHand.close()
        try expectNothingLeft(device)
    }

    @Test func settings() throws {
        let device = try device()
        let session = try session("min_v2", on: device, priority: 3)
        #expect(try session.scheduling.priority == 3)
        var chosen = Session.Scheduling()
        (chosen.priority, chosen.threshold, chosen.timeoutMilliseconds) = (31, 8, 100)
        try session.setScheduling(chosen)
        #expect(try session.scheduling == chosen)
        chosen.priority = 32
        let error = #expect(throws: HailoError.self) { try session.setScheduling(chosen) }
        #expect(error?.status == .invalidArgument)
        #expect(throws: HailoError.self) { try self.session("mc2", on: device, priority: 32) }
        #expect(try session.scheduling.priority == 31)
        try session.close()
        try expectNothingLeft(device)
    }

    /// The higher priority goes first whenever something of it waits.
    @Test func priorities() throws {
        let device = try device(",fps=400")
        let low = try session("min_v2", on: device, batch: 1)
        let high = try session("mc2", on: device, batch: 1, priority: 20)
        let gate = try CheckedFrames("min_v2", seed: 9, count: 1)
        let order = Order()
        let outputs = [
            FrameMemory(sizes: try low.outputs.map { $0.frameSize }, 1),
            FrameMemory(sizes: try high.outputs.map { $0.frameSize }, 1),
        ]
        let inputs = [
            FrameMemory(sizes: try low.inputs.map { $0.frameSize }, 1),
            FrameMemory(sizes: try high.inputs.map { $0.frameSize }, 1),
        ]
        try gate.check(on: low)
        // These keep the device busy while the others are submitted.
        for _ in 0..<4 {
            try low.submit(inputs: inputs[0].sources, outputs: outputs[0].buffers) { _ in order.note("gate") }
        }
        for _ in 0..<6 {
            try high.submit(inputs: inputs[1].sources, outputs: outputs[1].buffers) { _ in order.note("high") }
        }
        for _ in 0..<6 {
            try low.submit(inputs: inputs[0].sources, outputs: outputs[0].buffers) { _ in order.note("low") }
        }
        try low.drain(milliseconds: 20000)
        try high.drain(milliseconds: 20000)
        try low.close()
        try high.close()
        #expect(order.wait(for: 16))
        let names = order.names
        #expect(names.lastIndex(of: "high") ?? .max < names.lastIndex(of: "low") ?? 0)
        #expect((names.firstIndex(of: "high") ?? .max) <= 4 + 1)
        try expectNothingLeft(device)
    }

    /// A low priority runs beside one that always has frames, if waiting counts.
    @Test func ageing() throws {
        var opening = Device.Options()
        opening.ageingMilliseconds = 2
        let device = try Device.open("emulator,board=ageing,fps=2000", options: opening)
        let high = try session("min_v2", on: device, batch: 1, priority: 20)
        let low = try session("mc2", on: device, batch: 1, priority: 16)
        let isOver = Tally()
        try concurrently([
            {
                let frames = FrameMemory(sizes: try high.inputs.map { $0.frameSize }, 1)
                let outputs = FrameMemory(sizes: try high.outputs.map { $0.frameSize }, 1)
                while isOver.sum == 0 { try high.submit(inputs: frames.sources, outputs: outputs.buffers) }
                try high.drain(milliseconds: 20000)
            },
            {
                let frames = FrameMemory(sizes: try low.inputs.map { $0.frameSize }, 1)
                let outputs = FrameMemory(sizes: try low.outputs.map { $0.frameSize }, 1)
                defer { isOver.note(nil) }
                for _ in 0..<5 {
                    try low.run(count: 1, inputs: frames.sources, outputs: outputs.buffers, milliseconds: 20000)
                }
            },
        ])
        #expect(low.statistics.frames == 5)
        try high.close()
        try low.close()
        try expectNothingLeft(device)
    }

    private final class Order: @unchecked Sendable {
        private let tally = Tally()
        private let lock = Lock()
        private(set) var names: [String] = []

        func note(_ name: String) {
            lock.withLock { names.append(name) }
            tally.note(nil)
        }

        func wait(for count: Int) -> Bool { tally.wait(for: count) }
    }

    /// Every fault that hits one model while three run: its jobs end, the others' frames all come, and it can go on itself.
    @Test(
        arguments: [
            "transfer#90:closed", "transfer#90:error", "transfer#90:hot", "VDMA_LAUNCH_TRANSFER#150:ECONNRESET",
            "VDMA_LAUNCH_TRANSFER#151:EFAULT", "VDMA_ENABLE_CHANNELS#5:EINVAL", "VDMA_DISABLE_CHANNELS#6:ENOMEM",
            "VDMA_INTERRUPTS_WAIT#40:ENOMEM", "CHANGE_CONTEXT_SWITCH_STATUS#4:0x4013003f",
            "CHANGE_CONTEXT_SWITCH_STATUS#5:garbled", "CHANGE_CONTEXT_SWITCH_STATUS#6:ETIMEDOUT",
        ])
    func faults(fault: String) throws {
        let device = try device(",fault=" + fault)
        let names = ["min_v2", "mc2", "io_multi"]
        let sessions = try names.map { try session($0, on: device, batch: 2) }
        let works = try names.enumerated().map { try CheckedFrames($0.element, seed: $0.offset, count: 80) }
        let failures = Tally()
        try concurrently(
            zip(sessions, works).map { session, work in
                {
                    do {
                        try work.check(on: session, depth: 6)
                    } catch {
                        failures.note(error as? HailoError)
                        // The same session goes on.
                        try work.check(on: session, depth: 6)
                    }
                }
            })
        #expect(failures.sum <= 1, "\(fault): \(failures.sum) models failed")
        for session in sessions { try? session.close() }
        try expectNothingLeft(device)
    }

    @Test func aCardThatIsTakenOut() throws {
        let device = try device(",fault=transfer#50:removed")
        let names = ["min_v2", "mc2"]
        let sessions = try names.map { try session($0, on: device) }
        let works = try names.map { try CheckedFrames($0, seed: 1, count: 100) }
        let failures = Tally()
        try concurrently(
            zip(sessions, works).map { session, work in
                {
                    do {
                        _ = try work.run(on: session)
                    } catch {
                        failures.note(error as? HailoError)
                    }
                }
            })
        #expect(failures[.deviceLost] == 2)
        for session in sessions { try? session.close() }
    }
}
