import Foundation
import Hailo
import HailoBase
import HailoEmulator
import Testing

/// Several open devices on one card, which use it in turn as processes do. `bindings/python/tests/test_sharing.py` has processes.
@Suite struct SharedDeviceTests {
    private let board = "emulator,board=shared-\(UInt64.random(in: 0...UInt64.max)),output=checksum"

    private func open(turn: UInt32 = 20, wait: UInt32 = 20_000, _ settings: String = "") throws -> Device {
        var options = Device.Options()
        options.sharing = Device.Sharing()
        options.sharing?.turnMilliseconds = turn
        options.sharing?.waitMilliseconds = wait
        return try Device.open(board + settings, options: options)
    }

    private func session(_ name: String, on device: Device, batch: UInt32 = 0) throws -> Session {
        var options = Session.Options()
        options.batchSize = batch
        options.scheduling = Session.Scheduling()
        return try device.configure(try Model.load(path: PlanGolden.path(of: name)), options: options)
    }

    private func expectNothingLeft(_ device: Device) throws {
        let driver = try #require(device.driver as? EmulatedDriver)
        #expect(driver.violations == [])
        #expect(driver.books == EmulatedDriver.Books())
    }

    /// Both get turns while both have frames.
    @Test func twoInTurn() throws {
        let devices = [try open(), try open()]
        let names = ["min_v2", "mc2"]
        let sessions = try zip(names, devices).map { try session($0, on: $1, batch: 2) }
        let frames = try names.enumerated().map { try CheckedFrames($0.element, seed: $0.offset, count: 600) }
        try concurrently(zip(sessions, frames).map { session, frames in { try frames.check(on: session) } })
        for session in sessions {
            #expect(session.statistics.turns > 1)
            try session.close()
        }
        try expectNothingLeft(devices[0])
    }

    /// Several models of each, and a new session now and then.
    @Test func severalModelsEach() throws {
        let devices = [try open(), try open(), try open()]
        try concurrently(
            devices.enumerated().map { number, device in
                {
                    let first = try self.session("min_v2", on: device)
                    let frames = try CheckedFrames("min_v2", seed: number, count: 200)
                    try frames.check(on: first)
                    let second = try self.session("mc2", on: device, batch: 4)
                    try CheckedFrames("mc2", seed: number + 5, count: 60).check(on: second)
                    try frames.check(on: first)
                    try second.close()
                    try frames.check(on: first)
                    try first.close()
                }
            })
        try expectNothingLeft(devices[0])
    }

    /// A program that has nothing to do lets the others in.
    @Test func anIdleOneGivesWay() throws {
        let devices = [try open(), try open(wait: 5000)]
        let first = try session("min_v2", on: devices[0])
        let frames = try CheckedFrames("min_v2", seed: 1, count: 20)
        try frames.check(on: first)
        let second = try session("min_v2", on: devices[1])
        try frames.check(on: second)
        try frames.check(on: first)
        try second.close()
        try first.close()
        try expectNothingLeft(devices[0])
    }

    @Test func oneThatKeepsTheDevice() throws {
        var options = Device.Options()
        options.isExclusive = true
        var keeper: Device? = try Device.open(board, options: options)
        let device = try open(wait: 60)
        #expect(try device.temperature().sensor0 > 0)
        let error = #expect(throws: HailoError.self) { try self.session("min_v2", on: device) }
        #expect(error?.status == .busy)
        #expect(error?.message.contains("60 ms") == true)
        keeper = nil
        #expect(keeper == nil)
        let session = try self.session("min_v2", on: device)
        // Whoever wants it for good finds it taken.
        let refusal = #expect(throws: HailoError.self) { try Device.open(board, options: options) }
        #expect(refusal?.status == .busy)
        try CheckedFrames("min_v2", seed: 2, count: 20).check(on: session)
        try session.close()
        #expect(throws: Never.self) { try Device.open(board, options: options) }
        try expectNothingLeft(device)
    }

    /// The frames of a program that waits too long end, and the next ones run when the device is free.
    @Test func framesThatWaitTooLong() throws {
        let device = try open(wait: 60)
        let session = try self.session("min_v2", on: device)
        let frames = try CheckedFrames("min_v2", seed: 3, count: 20)
        try frames.check(on: session)
        var options = Device.Options()
        options.isExclusive = true
        var keeper: Device?
        // Given up after a second without frames.
        for _ in 0..<100 where keeper == nil {
            keeper = try? Device.open(board, options: options)
            Clock.sleep(nanoseconds: 50_000_000)
        }
        #expect(keeper != nil)
        let error = #expect(throws: HailoError.self) { try frames.check(on: session) }
        #expect(error?.status == .busy)
        keeper = nil
        try frames.check(on: session)
        try session.close()
        try expectNothingLeft(device)
    }

    @Test func whatExcludesSharing() throws {
        let device = try open()
        let byHand = #expect(throws: HailoError.self) { try EmulatedSession.make("min_v2", on: device) }
        #expect(byHand?.status == .invalidOperation)
        var options = Device.Options()
        options.sharing = Device.Sharing()
        options.isExclusive = true
        let both = #expect(throws: HailoError.self) { try Device.open(board, options: options) }
        #expect(both?.status == .invalidArgument)
    }

    /// Two groups of two devices each, on the same cards.
    @Test func groupsInTurn() throws {
        let mark = UInt64.random(in: 0...UInt64.max)
        var options = DeviceGroup.Options()
        options.ids = (0..<2).map { "emulator,board=both-\(mark)-\($0),output=checksum" }
        options.device.sharing = Device.Sharing()
        options.device.sharing?.turnMilliseconds = 20
        let groups = [try DeviceGroup.open(options), try DeviceGroup.open(options)]
        var settings = Session.Options()
        settings.batchSize = 2
        let sessions = try groups.map {
            try $0.configure(try Model.load(path: PlanGolden.path(of: "mc2")), options: settings)
        }
        let frames = try (0..<2).map { try CheckedFrames("mc2", seed: $0, count: 300) }
        try concurrently(zip(sessions, frames).map { session, frames in { try frames.check(on: session) } })
        for session in sessions { try session.close() }
        for device in groups[0].devices { try expectNothingLeft(device) }
    }
}
