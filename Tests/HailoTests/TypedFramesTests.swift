import Hailo
import HailoFormats
import HailoRuntime
import Testing

/// Frames in arrays of numbers, with and without blocking.
@Suite struct TypedFramesTests {
    /// Its output numbers depend on the input.
    private func digits(_ settings: String = "") throws -> Session {
        let board = "emulator,board=typed-\(UInt64.random(in: 0...UInt64.max))" + settings
        let path = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        return try Device.open(board).configure(try Model.load(path: "/\(path)/Demo/digits.hef"))
    }

    private func picture(_ seed: Int) -> [UInt8] { (0..<64).map { UInt8(truncatingIfNeeded: $0 * seed) } }

    @Test func wholeAndRealNumbers() throws {
        let session = try digits()
        try session.activate()
        let stored: [[UInt8]] = try session.run([picture(3)])
        try session.setFormats(type: .float32, of: .input)
        try session.setFormats(type: .float32, of: .output)
        let scale = try #require(try session.inputs.first).quantization.scale
        let real = try session.run([picture(3).map { Float($0) * scale }], as: Float.self)
        for (index, port) in try session.outputs.enumerated() {
            let quantization = port.quantization
            #expect(real[index] == stored[index].map { (Float($0) - quantization.zeroPoint) * quantization.scale })
        }
    }

    @Test func severalFrames() throws {
        let session = try digits()
        try session.activate()
        let single: [[[UInt8]]] = try (1...3).map { try session.run([picture($0)]) }
        let together: [[UInt8]] = try session.run([(1...3).flatMap { picture($0) }], count: 3)
        for index in together.indices { #expect(together[index] == single.flatMap { $0[index] }) }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let session = try digits()
        try session.activate()
        func refusal(_ body: () throws -> Void) -> String {
            let error = #expect(throws: HailoError.self, performing: body)
            #expect(error?.status == .invalidArgument)
            return error?.message ?? ""
        }
        #expect(
            refusal { _ = try session.run([[Float](repeating: 0, count: 64)], as: UInt8.self) }.contains(
                "UINT8 numbers, not FLOAT32"))
        #expect(
            refusal { _ = try session.run([[UInt8](repeating: 0, count: 64)], as: Float.self) }.contains("not FLOAT32"))
        #expect(
            refusal { _ = try session.run([[UInt8](repeating: 0, count: 63)], as: UInt8.self) }.contains("63 numbers"))
        #expect(refusal { _ = try session.run([[UInt8]](), as: UInt8.self) }.contains("number of input arrays is 0"))
        #expect(refusal { _ = try session.run([picture(1)], as: UInt8.self, count: -1) }.contains("-1 frames"))
        #expect(
            refusal { _ = try session.run([picture(1)], as: UInt8.self, count: .max) }.contains("frames cannot be run"))
        #expect(session.inFlight == (0, 0))
    }

    @Test func manyTasksAtOnce() async throws {
        let session = try digits()
        try session.activate()
        var expected: [[[UInt8]]] = []
        for seed in 0..<50 { expected.append(try await session.run([picture(seed)])) }
        try await withThrowingTaskGroup(of: (Int, [[UInt8]]).self) { group in
            for seed in 0..<50 { group.addTask { (seed, try await session.run([picture(seed)])) } }
            for try await (seed, outputs) in group { #expect(outputs == expected[seed]) }
        }
        #expect(session.inFlight == (0, 0))
    }

    @Test(arguments: [1, 3, 1000])
    func aSequenceOfFramesKeepsItsOrder(limit: Int) async throws {
        let session = try digits()
        try session.activate()
        let camera = AsyncStream { continuation in
            for seed in 0..<100 { continuation.yield([picture(seed)]) }
            continuation.finish()
        }
        var seed = 0
        for try await outputs in session.frames(of: camera, as: UInt8.self, limit: limit) {
            #expect(outputs == (try await session.run([picture(seed)])))
            seed += 1
        }
        #expect(seed == 100)
    }

    @Test func aSequenceMayBeLeftEarly() async throws {
        let session = try digits()
        try session.activate()
        let camera = AsyncStream { continuation in
            for seed in 0..<100 { continuation.yield([picture(seed)]) }
        }
        for try await _ in session.frames(of: camera, as: UInt8.self, limit: 4) { break }
        try session.drain(milliseconds: 10000)
        #expect(session.inFlight == (0, 0))
    }

    @Test func aFailureEndsTheSequence() async throws {
        let session = try digits(",fault=transfer#9:closed")
        try session.activate()
        let camera = AsyncStream { continuation in
            for seed in 0..<100 { continuation.yield([picture(seed)]) }
            continuation.finish()
        }
        var count = 0
        let error = await #expect(throws: HailoError.self) {
            for try await _ in session.frames(of: camera, as: UInt8.self) { count += 1 }
        }
        #expect(error?.status == .firmwareRejected)
        #expect(count < 10)
    }

    @Test func aCanceledTaskDropsItsFrames() async throws {
        let session = try digits(",latency=10000000")
        try session.activate()
        let task = Task { () async throws(HailoError) -> [[UInt8]] in try await session.run([picture(1)]) }
        while session.inFlight.jobs == 0 { await Task.yield() }
        task.cancel()
        let error = await #expect(throws: HailoError.self) { _ = try await task.value }
        #expect(error?.status == .canceled)
        #expect(session.inFlight.jobs == 0)
    }

    @Test func whatAModelHolds() throws {
        let session = try digits()
        let path = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let model = try Model.load(path: "/\(path)/Demo/digits.hef")
        let group = try #require(model.groups.first)
        #expect(group.name == "digits" && group.networks == ["digits/digits"])
        #expect(group.inputs.map { $0.name } == (try session.inputs.map { $0.name }))
        #expect(group.outputs.map { $0.frameSize } == (try session.outputs.map { $0.frameSize }))
        #expect(group.inputs[0].shape == Shape(8, 8, 1) && group.inputs[0].format == Format(.uint8, .nhwc))
        #expect(group.outputStreams.map { $0.paddedShape } == [Shape(1, 1, 16), Shape(1, 1, 8)])
        #expect(model.runs(on: .hailo8) && !model.runs(on: .hailo8l))
    }
}
