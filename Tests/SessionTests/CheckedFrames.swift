import Foundation
import Hailo
import HailoBase
import Testing

/// A model with frames that are known to come out of others, from a session of its own.
final class CheckedFrames: @unchecked Sendable {
    let name: String
    let count: Int
    let inputs: FrameMemory
    let expected: FrameMemory

    init(_ name: String, seed: Int, count: Int) throws {
        self.name = name
        self.count = count
        let session = try EmulatedSession.make(name, ",output=checksum")
        inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, count)
        expected = FrameMemory(sizes: try session.outputs.map { $0.frameSize }, count)
        for (number, input) in inputs.buffers.enumerated() {
            for index in input.indices {
                input[index] = UInt8(truncatingIfNeeded: (index * 31 + seed) >> 3 + number)
            }
        }
        try session.activate()
        try session.run(count: count, inputs: inputs.sources, outputs: expected.buffers, milliseconds: 20000)
        try session.close()
    }

    /// All frames one by one with several in flight; returns how many were wrong.
    func run(on session: Session, depth: Int = 12) throws -> Int {
        let outputs = FrameMemory(sizes: try session.outputs.map { $0.frameSize }, count)
        var jobs: [Job] = []
        // Nobody may write to the memory any more once it is gone.
        defer { for job in jobs { job.cancel() } }
        for frame in 0..<count {
            if jobs.count >= depth { try jobs[jobs.count - depth].wait(milliseconds: 20000) }
            jobs.append(
                try session.submit(
                    inputs: zip(inputs.sources, session.inputs).map { slice($0, $1.frameSize, frame) },
                    outputs: zip(outputs.buffers, session.outputs).map {
                        UnsafeMutableRawBufferPointer(
                            mutating: slice(UnsafeRawBufferPointer($0), $1.frameSize, frame))
                    }, milliseconds: 20000))
        }
        for job in jobs { try job.wait(milliseconds: 20000) }
        return zip(outputs.buffers, expected.buffers).reduce(0) { $0 + ($1.0.elementsEqual($1.1) ? 0 : 1) }
    }

    /// Every frame is as it has to be.
    func check(on session: Session, depth: Int = 12) throws {
        let wrong = try run(on: session, depth: depth)
        // Boxes that the emulated chip makes up depend on the number of frames since the last switch.
        #expect(wrong == 0 || name.hasPrefix("nms_"), "\(name)")
    }

    private func slice(_ bytes: UnsafeRawBufferPointer, _ size: Int, _ frame: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[(frame * size)..<((frame + 1) * size)])
    }
}

/// Runs bodies on a thread each.
func concurrently(_ bodies: [@Sendable () throws -> Void]) throws {
    let failures = Tally()
    let threads = try bodies.map { body in
        try HailoBase.Thread.start("test") {
            do {
                try body()
                failures.note(nil)
            } catch {
                Issue.record(error)
                failures.note(error as? HailoError ?? HailoError(.unexpectedValue, "\(error)"))
            }
        }
    }
    for thread in threads { thread.join() }
    #expect(failures[.ok] == bodies.count)
}
