import HailoBase
import HailoDriver
import HailoEmulator
import Foundation
import Hailo
import Testing

/// Whatever goes wrong with frames in flight: each job ends exactly once, nothing is left behind, and the session works again
/// or says why not.
@Suite struct JobFailureTests {
    /// Submits jobs until one is refused. Returns how many were taken.
    private func submit(_ session: Session, _ count: Int, _ memory: [FrameMemory], _ tally: Tally) -> (Int, HailoError?)
    {
        for number in 0..<count {
            do throws(HailoError) {
                _ = try session.submitRaw(
                    count: 1, inputs: memory[0].sources, outputs: memory[1].buffers, milliseconds: 500,
                    completion: { tally.note($0) })
            } catch {
                return (number, error)
            }
        }
        return (count, nil)
    }

    private func memory(_ session: Session) -> [FrameMemory] {
        [FrameMemory(session.inputStreams, 1), FrameMemory(session.outputStreams, 1)]
    }

    @Test(arguments: [
        ("closed", Status.firmwareRejected, "closed the channel"),
        ("error", .firmwareRejected, "stopped with an error at network group 0, batch 2, context 1, action 5"),
        ("hot", .firmwareRejected, "too hot"), ("removed", .deviceLost, "gone"),
    ])
    func theChipFails(fault: String, status: Status, text: String) throws {
        for step in [1, 2, 7, 30, 63] {
            let session = try EmulatedSession.make("min_v2", ",fault=transfer#\(step):\(fault)")
            try session.activate()
            let (memory, tally) = (memory(session), Tally())
            let (taken, refusal) = submit(session, 100, memory, tally)
            #expect(tally.wait(for: taken), "\(fault) at \(step): \(tally.sum) of \(taken)")
            #expect(tally[.ok] + tally[status] == taken, "\(fault) at \(step)")
            #expect(tally[status] > 0 || refusal != nil)
            let after = answer(of: session, memory, text)
            #expect(after?.status == status)
            #expect(after?.message.contains(text) == true, "\(after?.message ?? "")")
            #expect(session.inFlight.jobs == 0)
            if fault == "removed" { continue }
            try session.deactivate()
            try session.activate()
            try session.runRaw(memory)
            try session.close()
            #expect((session.device.driver as? EmulatedDriver)?.books == EmulatedDriver.Books())
            #expect((session.device.driver as? EmulatedDriver)?.violations == [])
            #expect(tally.sum == taken)
        }
    }

    /// What the session answers, in time with the reason.
    private func answer(of session: Session, _ memory: [FrameMemory], _ text: String) -> HailoError? {
        let deadline = Clock.deadline(milliseconds: 5000)
        while true {
            let error = #expect(throws: HailoError.self) { try session.runRaw(memory) }
            if error?.message.contains(text) == true || Clock.now > deadline { return error }
            sched_yield()
        }
    }

    /// An interrupt that gets lost is made up for by the next.
    @Test(arguments: [1, 2, 3, 40])
    func aLostInterrupt(step: Int) throws {
        let session = try EmulatedSession.make("min_v2", ",fault=transfer#\(step):lost")
        try session.activate()
        let (memory, tally) = (memory(session), Tally())
        let (taken, _) = submit(session, 50, memory, tally)
        #expect(taken == 50)
        #expect(tally.wait(for: 49))
        if step == 2 {
            // That of an output of a single frame: the run ends when its time is over, and the session goes on.
            try session.runRaw(memory)
        }
        try session.drain(milliseconds: 5000)
        #expect(tally.wait(for: 50))
        #expect(tally[.ok] == 50)
    }

    @Test func theLastInterruptIsLost() throws {
        let session = try EmulatedSession.make("min_v2", ",fault=transfer#2:lost")
        try session.activate()
        let memory = memory(session)
        let error = #expect(throws: HailoError.self) { try session.runRaw(memory, milliseconds: 50) }
        #expect(error?.status == .timeout)
        #expect(memory[1].isUntouched)
        try session.runRaw(memory)
        #expect(!memory[1].isUntouched)
        #expect(session.inFlight == (0, 0))
    }

    @Test func cancelAtEveryStage() throws {
        for step in 1...12 {
            let session = try EmulatedSession.make("min_v2", ",fault=transfer#\(step):stuck")
            try session.activate()
            let (memory, tally) = (memory(session), Tally())
            var jobs: [Job] = []
            for _ in 0..<6 {
                jobs.append(
                    try session.submitRaw(
                        count: 1, inputs: memory[0].sources, outputs: memory[1].buffers, milliseconds: 500,
                        completion: { tally.note($0) }))
            }
            for job in jobs { job.cancel() }
            for job in jobs { job.cancel() }
            #expect(tally.wait(for: 6))
            #expect(tally[.ok] + tally[.canceled] == 6)
            #expect(tally[.canceled] >= 6 - step / 2)
            #expect(jobs.allSatisfy { $0.isFinished })
            #expect(session.inFlight.jobs == 0)
            try session.deactivate()
            try session.activate()
            try session.runRaw(memory)
            #expect(tally.sum == 6)
        }
    }

    /// Threads submit while the session is stopped and started: as many callbacks as jobs.
    @Test(arguments: ["min_v2", "mc2"])
    func stoppedMeanwhile(name: String) throws {
        let session = try EmulatedSession.make(name)
        let submitted = Tally()
        let ended = Tally()
        let isOver = Tally()
        let memories = (0..<4).map { _ in memory(session) }
        let threads = try memories.map { memory in
            try HailoBase.Thread.start("test") { [self] in
                while isOver.sum == 0 {
                    let (taken, _) = submit(session, 1000, memory, ended)
                    for _ in 0..<taken { submitted.note(nil) }
                }
            }
        }
        for _ in 0..<30 {
            try session.activate()
            // Frames come back before the session is stopped, and others are in flight then.
            #expect(ended.wait(for: ended.sum + 20))
            try session.deactivate()
        }
        isOver.note(nil)
        for thread in threads { thread.join() }
        #expect(ended.wait(for: submitted.sum))
        #expect(ended.sum == submitted.sum)
        #expect(ended[.ok] + ended[.canceled] == ended.sum)
        #expect(session.inFlight == (0, 0))
        #expect((session.device.driver as? EmulatedDriver)?.violations == [])
    }

    @Test func numbersThatLieUnaligned() throws {
        let session = try EmulatedSession.make("min_v2")
        try session.activate()
        let input = try session.inputs[0]
        try session.setFormat(type: .float32, of: .input, named: input.name)
        let given = FrameMemory(sizes: [4 * input.frameSize + 4], 1)
        let taken = FrameMemory(sizes: try session.outputs.map { $0.frameSize }, 1)
        let shifted = UnsafeRawBufferPointer(rebasing: given.buffers[0][1..<(1 + 4 * input.frameSize)])
        let error = #expect(throws: HailoError.self) { try session.submit(inputs: [shifted], outputs: taken.buffers) }
        #expect(error?.status == .invalidArgument)
        #expect(error?.message.contains("does not begin at a multiple of 4") == true)
        #expect(session.inFlight == (0, 0))
    }
}

extension Session {
    /// One frame.
    func runRaw(_ memory: [FrameMemory], milliseconds: UInt64 = 5000) throws(HailoError) {
        try runRaw(count: 1, inputs: memory[0].sources, outputs: memory[1].buffers, milliseconds: milliseconds)
    }
}
