import HailoBase
import HailoDriver
import HailoEmulator
import Foundation
import Hailo
import Testing

/// Frames that are submitted and awaited in every way, with outputs that tell what went in.
@Suite struct JobTests {
    /// The checksum that the emulated core makes of the input of a model with one input, on channel 2.
    static func checksum(_ input: UnsafeRawBufferPointer, channel: Int = 2) -> UInt32 {
        var sum: UInt32 = 0
        for byte in input { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
        return (sum &* UInt32(2 * channel + 1)) >> 24
    }

    /// One frame, with numbers of its own.
    private final class Frame: @unchecked Sendable {
        let input: FrameMemory
        let output: FrameMemory

        init(_ session: Session, _ number: Int) {
            input = FrameMemory(session.inputStreams, 1)
            output = FrameMemory(session.outputStreams, 1)
            for buffer in input.buffers {
                for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index &* 7 &+ number &* 31) }
                buffer.storeBytes(of: UInt32(truncatingIfNeeded: number), as: UInt32.self)
            }
        }

        /// Whether the output is what the emulated core makes of the input.
        var isRight: Bool {
            let mark = JobTests.checksum(input.sources[0])
            return output.buffers[0].indices.allSatisfy { index in
                output.buffers[0][index] == UInt8(truncatingIfNeeded: UInt32(index) &+ 13 * 16 &+ mark)
            }
        }
    }

    private func submit(
        _ session: Session, _ frame: Frame, milliseconds: UInt64 = 10000,
        _ completion: (@Sendable (HailoError?) -> Void)? = nil
    ) throws(HailoError) -> Job {
        try session.submitRaw(
            count: 1, inputs: frame.input.sources, outputs: frame.output.buffers, milliseconds: milliseconds,
            completion: completion)
    }

    @Test(arguments: ["min_v2", "mc2", "ddr_mc2"])
    func manyJobsAtOnce(name: String) throws {
        let session = try EmulatedSession.make(name, ",output=checksum")
        try session.activate()
        let frames = (0..<200).map { Frame(session, $0) }
        let tally = Tally()
        var jobs: [Job] = []
        for frame in frames { jobs.append(try submit(session, frame, { tally.note($0) })) }
        for job in jobs { try job.wait(milliseconds: 10000) }
        #expect(jobs.allSatisfy { $0.isFinished })
        #expect(frames.allSatisfy { $0.isRight })
        #expect(tally.wait(for: 200))
        #expect(tally[.ok] == 200)
        #expect(session.inFlight == (0, 0))
    }

    @Test func severalFramesInAJob() throws {
        let session = try EmulatedSession.make("min_v2")
        try session.activate()
        let input = FrameMemory(session.inputStreams, 300)
        let output = FrameMemory(session.outputStreams, 300)
        let job = try session.submit(count: 300, inputs: input.sources, outputs: output.buffers)
        try job.wait(milliseconds: 10000)
        let size = session.outputStreams[0].frameSize
        #expect((0..<300).allSatisfy { output.buffers[0][$0 * size] == UInt8(truncatingIfNeeded: 13 * 16 + 7 * $0) })
    }

    /// Eight threads submit and wait; every frame gets its own result.
    @Test(arguments: ["min_v2", "mc2"])
    func manyThreads(name: String) throws {
        let session = try EmulatedSession.make(name, ",output=checksum")
        try session.activate()
        let tally = Tally()
        var threads: [HailoBase.Thread] = []
        for thread in 0..<8 {
            threads.append(
                try HailoBase.Thread.start("test") { [self] in
                    for round in 0..<60 {
                        let frames = (0..<5).map { Frame(session, thread * 1000 + round * 10 + $0) }
                        do throws(HailoError) {
                            var jobs: [Job] = []
                            for frame in frames { jobs.append(try submit(session, frame)) }
                            for job in jobs { try job.wait(milliseconds: 20000) }
                            tally.note(frames.allSatisfy { $0.isRight } ? nil : HailoError(.unexpectedValue, ""))
                        } catch {
                            tally.note(error)
                        }
                    }
                })
        }
        for thread in threads { thread.join() }
        #expect(tally.sum == 480)
        #expect(tally[.ok] == 480)
    }

    /// Callbacks that submit the next frame keep the chip busy; none of them waits for itself.
    @Test func callbacksThatSubmit() throws {
        let session = try EmulatedSession.make("min_v2", ",output=checksum")
        try session.activate()
        let tally = Tally()
        let frames = (0..<64).map { Frame(session, $0) }
        @Sendable func again(_ index: Int, _ left: Int) {
            do throws(HailoError) {
                _ = try submit(session, frames[index]) { error in
                    tally.note(error)
                    if left > 0 { again(index, left - 1) }
                }
            } catch {
                tally.note(error)
            }
        }
        for index in frames.indices { again(index, 20) }
        #expect(tally.wait(for: 64 * 21))
        #expect(tally[.ok] == 64 * 21)
        try session.deactivate()
        #expect(frames.allSatisfy { $0.isRight })
    }

    /// Who submits more than fits waits, and fails only when its time is over.
    @Test func aFullSession() throws {
        let session = try EmulatedSession.make("min_v2", ",fault=transfer#1:stuck")
        try session.activate()
        let depth = session.info.queueDepth
        let frames = (0...depth).map { Frame(session, $0) }
        for frame in frames.dropLast() { _ = try submit(session, frame) }
        #expect(session.inFlight == (depth, depth))
        let error = #expect(throws: HailoError.self) { _ = try submit(session, frames[depth], milliseconds: 30) }
        #expect(error?.status == .timeout)
        #expect(error?.message.contains("of \(depth) frames in flight, none came back") == true)
        #expect(session.inFlight == (depth, depth))
        try session.deactivate()
        #expect(session.inFlight == (0, 0))
    }

    /// Batches of several contexts are filled up for whoever waits, and only then.
    @Test func incompleteBatches() throws {
        let session = try EmulatedSession.make("mc2", ",output=checksum", batch: 4)
        try session.activate()
        let frames = (0..<7).map { Frame(session, $0) }
        let tally = Tally()
        let jobs = try frames[..<3].map { try submit(session, $0, { tally.note($0) }) }
        #expect(session.inFlight == (3, 3))
        try jobs[0].wait(milliseconds: 5000)
        #expect(tally.wait(for: 3))
        for frame in frames[3...] { _ = try submit(session, frame) { tally.note($0) } }
        #expect(tally.wait(for: 7))
        _ = try submit(session, frames[0]) { tally.note($0) }
        try session.drain(milliseconds: 5000)
        #expect(tally.wait(for: 8))
        #expect(tally[.ok] == 8)
        #expect(frames.allSatisfy { $0.isRight })
    }

    @Test(arguments: [8, 31, 63] as [UInt32])
    func largeBatches(size: UInt32) throws {
        let session = try EmulatedSession.make("mc2", ",output=checksum", batch: size)
        try session.activate()
        let frames = (0..<100).map { Frame(session, $0) }
        for frame in frames { _ = try submit(session, frame) }
        try session.drain(milliseconds: 10000)
        #expect(frames.allSatisfy { $0.isRight })
    }

    /// Forms are changed while frames are in flight: each job keeps its own.
    @Test func formsChangeMeanwhile() throws {
        let session = try EmulatedSession.make("min_v2")
        try session.activate()
        let output = try session.outputs[0]
        var jobs: [(Job, FrameMemory)] = []
        for index in 0..<100 {
            let type: NumberType = index % 2 == 0 ? .automatic : .float32
            try session.setFormat(type: type, of: .output, named: output.name)
            let inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, 1)
            let outputs = FrameMemory(sizes: try session.outputs.map { $0.frameSize }, 1)
            jobs.append((try session.submit(inputs: inputs.sources, outputs: outputs.buffers), outputs))
        }
        for (job, _) in jobs { try job.wait(milliseconds: 5000) }
        #expect(jobs.allSatisfy { !$0.1.isUntouched })
        #expect(Set(jobs.map { $0.1.buffers[0].count }) == [output.frameSize, 4 * output.frameSize])
    }

    @Test func waitingInVain() throws {
        let session = try EmulatedSession.make("min_v2", ",fault=transfer#1:stuck")
        try session.activate()
        let frame = Frame(session, 0)
        let job = try submit(session, frame)
        let error = #expect(throws: HailoError.self) { try job.wait(milliseconds: 20) }
        #expect(error?.status == .timeout)
        #expect(error?.message.contains("0 of 1 frame came back") == true)
        #expect(!job.isFinished)
        #expect(throws: HailoError.self) { try session.drain(milliseconds: 20) }
        job.cancel()
        #expect(job.isFinished)
        try session.drain(milliseconds: 20)
    }

    /// The session stays until its jobs are over, whoever forgets it.
    @Test func forgottenSessions() throws {
        for _ in 0..<20 {
            let id = "emulator,board=forgotten-\(UInt64.random(in: 0...UInt64.max))"
            let other = try EmulatedSession.driver(id)
            let tally = Tally()
            var frames: [Frame] = []
            do {
                let session = try EmulatedSession.make("min_v2", on: try Device.open(id))
                try session.activate()
                frames = (0..<10).map { Frame(session, $0) }
                for frame in frames { _ = try submit(session, frame) { tally.note($0) } }
            }
            #expect(tally.wait(for: 10))
            #expect(tally[.ok] == 10)
            // The thread that ended the last job takes the session down.
            let deadline = Clock.deadline(milliseconds: 10000)
            while other.books != EmulatedDriver.Books(), Clock.now < deadline { sched_yield() }
            #expect(other.books == EmulatedDriver.Books())
            other.close()
            #expect(frames.allSatisfy { !$0.output.isUntouched })
        }
    }
}
