import HailoBase
import CHailoKernel
import HailoDriver
import HailoEmulator
import Foundation
import Hailo
import Testing

/// Frames in the chip's layout on the emulated device.
@Suite struct RawRunTests {
    private func session(_ name: String, _ settings: String = "", batch: UInt32 = 0) throws -> Session {
        try EmulatedSession.make(name, settings, batch: batch)
    }

    private func run(_ session: Session, _ count: Int, milliseconds: UInt64 = 5000) throws -> FrameMemory {
        let inputs = FrameMemory(session.inputStreams, count)
        let outputs = FrameMemory(session.outputStreams, count)
        try session.runRaw(
            count: count, inputs: inputs.sources, outputs: outputs.buffers, milliseconds: milliseconds)
        return outputs
    }

    /// Byte i of frame f on channel c is (i + 13 c + 7 f) mod 256, f counted from the activation on.
    private func check(_ session: Session, _ frames: FrameMemory, channels: [Int], first: Int = 0) {
        for (stream, (buffer, channel)) in zip(session.outputStreams, zip(frames.buffers, channels)) {
            let isRight = buffer.indices.allSatisfy { index in
                let (frame, byte) = index.quotientAndRemainder(dividingBy: stream.frameSize)
                return buffer[index] == UInt8(truncatingIfNeeded: byte + 13 * channel + 7 * (first + frame))
            }
            #expect(isRight, "\(stream.name)")
        }
    }

    @Test(arguments: ["min_v2", "mc2", "ddr_mc2", "fmt_out_big_frame", "mux2", "planes_nv12"], [1, 3, 100, 1000])
    func oneOutput(name: String, count: Int) throws {
        guard name != "fmt_out_big_frame" || count <= 100 else { return }
        let session = try session(name)
        try session.activate()
        check(session, try run(session, count), channels: [16])
        check(session, try run(session, 2), channels: [16], first: count)
        try session.deactivate()
        try session.activate()
        check(session, try run(session, 1), channels: [16])
    }

    /// Rings whose length is no multiple of a transfer begin anew in the middle of one.
    @Test func transfersAroundTheEndOfTheRing() throws {
        let session = try session("io_multi")
        try session.activate()
        check(session, try run(session, 500), channels: [16, 17, 18, 19])
    }

    @Test(arguments: [1, 3, 4, 5, 8, 9])
    func partialBatches(count: Int) throws {
        let session = try session("mc2", batch: 4)
        try session.activate()
        check(session, try run(session, count), channels: [16])
        let next = (count + 3) / 4 * 4
        check(session, try run(session, 4), channels: [16], first: next)
    }

    @Test func noFrames() throws {
        let session = try session("min_v2")
        try session.activate()
        _ = try run(session, 0)
    }

    @Test func wrongBuffers() throws {
        let session = try session("io_multi")
        try session.activate()
        let inputs = FrameMemory(session.inputStreams, 2)
        let outputs = FrameMemory(session.outputStreams, 2)
        let cases: [(Int, [UnsafeRawBufferPointer], [UnsafeMutableRawBufferPointer], String)] = [
            (3, inputs.sources, outputs.buffers, "3 frames of 512 bytes must fit"),
            (2, Array(inputs.sources.dropLast()), outputs.buffers, "number of input buffers is 2, that of inputs 3"),
            (2, inputs.sources, [], "number of output buffers is 0, that of outputs 4"),
            (-1, inputs.sources, outputs.buffers, "-1 frames"),
        ]
        for (count, sources, targets, text) in cases {
            let error = #expect(throws: HailoError.self) {
                try session.runRaw(count: count, inputs: sources, outputs: targets, milliseconds: 1000)
            }
            #expect(error?.status == .invalidArgument)
            #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
        }
    }

    @Test func anInactiveSession() throws {
        let session = try session("min_v2")
        for _ in 0..<2 {
            let error = #expect(throws: HailoError.self) { _ = try run(session, 1) }
            #expect(error?.status == .invalidOperation)
            #expect(error?.message.contains("activate it") == true)
            try session.activate()
            _ = try run(session, 1)
            try session.deactivate()
        }
    }

    @Test func aLostDevice() throws {
        for step in 1...8 {
            let session = try session("min_v2", ",fault=VDMA_LAUNCH_TRANSFER#\(34 + step):removed")
            try session.activate()
            let error = #expect(throws: HailoError.self) { _ = try run(session, 100) }
            #expect(error?.status == .deviceLost)
        }
    }

    @Test func aRefusedTransfer() throws {
        let session = try session("min_v2", ",fault=VDMA_LAUNCH_TRANSFER#40:ECONNRESET")
        try session.activate()
        let error = #expect(throws: HailoError.self) { _ = try run(session, 100) }
        #expect(error?.status == .firmwareRejected)
        // Activated anew it works.
        try session.deactivate()
        try session.activate()
        check(session, try run(session, 10), channels: [16])
    }

    /// Transfers of boxes are in flight as soon as the session is active.
    @Test func aFailureWhileActivating() throws {
        for step in [1, 2, 32] {
            let session = try session("nms_bbox", ",fault=VDMA_LAUNCH_TRANSFER#\(step):EFAULT")
            #expect(throws: HailoError.self) { try session.activate() }
            try session.activate()
            try session.close()
        }
    }

    @Test func interruptsThatCannotBeHeard() throws {
        let session = try session("min_v2", ",fault=VDMA_INTERRUPTS_WAIT#1:EINVAL")
        try session.activate()
        let error = #expect(throws: HailoError.self) { _ = try run(session, 10) }
        #expect(error?.status == .driverFailure)
        try session.deactivate()
        try session.activate()
        check(session, try run(session, 10), channels: [16])
    }

    /// A frame that never comes back: the session says so and works again once it is activated again.
    @Test func aDeadline() throws {
        let inner = try EmulatedSession.driver("emulator,board=deadline")
        let driver = DeafDriver(inner)
        let device = try Device.open(Device.Connection(driver: driver))
        let session = try device.configure(try Model.load(path: PlanGolden.path(of: "min_v2")))
        try session.activate()
        driver.isDeaf = true
        let error = #expect(throws: HailoError.self) { _ = try run(session, 10, milliseconds: 50) }
        #expect(error?.status == .timeout)
        #expect(error?.message.contains("0 of 10 frames came back in time") == true)
        driver.isDeaf = false
        try session.deactivate()
        try session.activate()
        check(session, try run(session, 10), channels: [16])
    }

    /// Keeps interrupts to itself.
    private final class DeafDriver: Driver, @unchecked Sendable {
        private let inner: any Driver
        private let lock = Lock()
        private var deaf = false
        var name: String { inner.name }

        init(_ inner: any Driver) {
            self.inner = inner
        }

        var isDeaf: Bool {
            get { lock.withLock { deaf } }
            set { lock.withLock { deaf = newValue } }
        }

        func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
            let result = inner.perform(request, argument)
            // The count is at the same place for all drivers.
            if [HAILO_VDMA_INTERRUPTS_WAIT, HAILO_4_20_VDMA_INTERRUPTS_WAIT].contains(request), isDeaf, let argument {
                argument.assumingMemoryBound(to: hailo_vdma_interrupts_wait_params.self).pointee.channels_count = 0
            }
            return result
        }

        func close() { inner.close() }
    }

    @Test func deactivatedWhileFramesAreUnderWay() throws {
        for _ in 0..<20 {
            let session = try session("mc2")
            try session.activate()
            let thread = try HailoBase.Thread.start("test") { [self] in
                // Ends with an error of the kind that the test expects, or never began.
                while true {
                    do { _ = try run(session, 100_000) } catch { break }
                }
            }
            try session.deactivate()
            thread.join()
            try session.activate()
            check(session, try run(session, 5), channels: [16])
            try session.close()
        }
    }
}
