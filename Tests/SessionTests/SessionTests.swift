import HailoBase
import HailoDriver
import HailoEmulator
import Hailo
import HailoPlanner
import Testing

@Suite struct SessionTests {
    private func model(_ name: String) throws -> Model {
        try Model.load(path: PlanGolden.path(of: name))
    }

    private func options(_ change: (inout Session.Options) -> Void) -> Session.Options {
        var options = Session.Options()
        change(&options)
        return options
    }

    @Test func aSessionSaysWhatItIs() throws {
        let device = try Device.open("emulator,board=info")
        let session = try device.configure(try model("mc2"), options: options { $0.batchSize = 4 })
        #expect(session.info.group == "mc2")
        #expect(session.info.batchSize == 4)
        #expect((session.info.inputChannels, session.info.outputChannels, session.info.contexts) == (1, 1, 2))
        // Three lists, and rings of at least a dozen frames.
        #expect(session.info.dmaBytes > 32768)
        #expect(!session.isActive)
    }

    @Test func oneSessionRunsAtATime() throws {
        let device = try Device.open("emulator,board=one-at-a-time")
        let first = try device.configure(try model("mc2"))
        let second = try device.configure(try model("min_v2"))
        try first.activate()
        #expect(first.isActive && !second.isActive)
        var error = #expect(throws: HailoError.self) { try second.activate() }
        #expect(error?.status == .invalidOperation)
        #expect(error?.message == "group \"mc2\" is active; deactivate it first, one group runs at a time")
        error = #expect(throws: HailoError.self) { try first.activate() }
        #expect(error?.message.contains("active already") == true)
        error = #expect(throws: HailoError.self) { _ = try device.configure(try model("min_v2")) }
        #expect(error?.message.contains("deactivate it before") == true)
        try first.deactivate()
        try first.deactivate()
        try second.activate()
        try second.close()
        try first.activate()
    }

    @Test func closedSessionsAreRefused() throws {
        let device = try Device.open("emulator,board=closed")
        let session = try device.configure(try model("min_v2"))
        try session.close()
        try session.close()
        for attempt in [{ try session.activate() }, { try session.deactivate() }] as [() throws -> Void] {
            let error = #expect(throws: HailoError.self, performing: attempt)
            #expect(error?.status == .invalidHandle)
            #expect(error?.message == "the session of group \"min\" was closed")
        }
    }

    @Test func forgottenSessionsGiveEverythingBack() throws {
        let device = try Device.open("emulator,board=forgotten")
        let driver = try #require(device.driver as? EmulatedDriver)
        do {
            let session = try device.configure(try model("mc2"))
            try session.activate()
            #expect(driver.books.isRunning)
        }
        #expect(driver.books == EmulatedDriver.Books())
        #expect(driver.violations == [])
    }

    /// The firmware counts network groups as they come and forgets them only all at once.
    @Test func manySessionsAfterEachOther() throws {
        let device = try Device.open("emulator,board=many")
        let driver = try #require(device.driver as? EmulatedDriver)
        let lasting = try device.configure(try model("mc2"))
        for _ in 0..<100 {
            let session = try device.configure(try model("min_v2"))
            try session.activate()
            try session.close()
            #expect(driver.books.applications <= 32)
        }
        try lasting.activate()
        try lasting.close()
        #expect(driver.books == EmulatedDriver.Books())
    }

    @Test func thirtyTwoSessionsFit() throws {
        let device = try Device.open("emulator,board=full")
        let model = try model("min_v2")
        let sessions = try (0..<32).map { _ in try device.configure(model) }
        let error = #expect(throws: HailoError.self) { try device.configure(model) }
        #expect(error?.status == .modelTooLarge)
        try sessions[31].activate()
        try sessions[31].deactivate()
        try sessions[7].close()
        try device.configure(model).activate()
    }

    @Test func theDeviceIsReserved() throws {
        let device = try Device.open("emulator,board=reserved")
        let other = try Device.open("emulator,board=reserved")
        let session = try device.configure(try model("min_v2"))
        let error = #expect(throws: HailoError.self) { _ = try other.configure(try model("min_v2")) }
        #expect(error?.status == .busy)
        try session.close()
    }

    @Test func choicesThatCannotBe() throws {
        let device = try Device.open("emulator,board=choices")
        let cases: [(model: String, options: Session.Options, status: Status, text: String)] = [
            ("min_v2", options { $0.group = "other" }, .notFound, "it has \"min\""),
            ("min_v2", options { $0.batchSize = 64 }, .invalidArgument, "up to 63"),
            ("min_v2", options { $0.networkBatchSizes = [("x", 2)] }, .invalidArgument, "it has \"min/min\""),
            (
                "min_v2",
                options {
                    $0.batchSize = 2
                    $0.networkBatchSizes = [("min/min", 2)]
                }, .invalidArgument, "not for both"
            ),
            ("cache_mc2", options { $0.batchSize = 2 }, .invalidArgument, "batch size of 1"),
        ]
        for entry in cases {
            let error = #expect(throws: HailoError.self) {
                _ = try device.configure(try model(entry.model), options: entry.options)
            }
            #expect(error?.status == entry.status)
            #expect(error?.message.contains(entry.text) == true, "\(error?.message ?? "")")
        }
        let session = try device.configure(try model("min_v2"), options: options { $0.batchSize = 8 })
        #expect(throws: HailoError.self) { try session.activate(batchSize: 9) }
        try session.activate(batchSize: 8)
    }

    @Test func wrongChips() throws {
        let device = try Device.open("emulator:hailo8l,board=wrong")
        let error = #expect(throws: HailoError.self) { _ = try device.configure(try model("min_v2")) }
        #expect(error?.status == .hefIncompatible)
        #expect(error?.message.contains("the device is a Hailo-8L") == true)
    }

    @Test func smallDescriptorPages() throws {
        for page in [64, 128, 256, 512, 1024] {
            let device = try Device.open("emulator,board=pages,page=\(page)")
            let session = try device.configure(try model("mc2"))
            try session.activate()
            try session.close()
            #expect((device.driver as? EmulatedDriver)?.violations == [])
        }
    }

    @Test func ultraPerformanceKeepsSmallBuffers() throws {
        let model = try model("min_v2")
        let usual = try model.plan(for: .typical(.hailo8), Session.Options())
        let ultra = try model.plan(for: .typical(.hailo8), options { $0.powerMode = .ultraPerformance })
        #expect(usual.memory == ultra.memory)
        #expect(usual.contexts != ultra.contexts)
    }
}
