import HailoBase
import HailoCoreProgram
import Testing

/// Programs as bytes, and what is refused of them. What they compute is held equal to numpy by Tests/system.
@Suite struct ProgramTests {
    private static let bytesLayout = FrameLayout(
        elementBytes: 1, frameBytes: 8, rowStride: 4, columnStride: 2, featureStride: 1)

    /// Takes 2 x 2 x 2 numbers and gives them back, each put through a table.
    private static func small() -> Program {
        Program(
            tensors: [Program.Extent(2, 2, 2), Program.Extent(2, 2, 2)],
            instructions: [
                Instruction(.load, [3, 0] + bytesLayout.operands),
                Instruction(.table, [1, 0, 0], constants: [5, 6, 7]),
                Instruction(.store, [4, 1] + bytesLayout.operands),
            ])
    }

    private func failure(_ program: Program) -> ProgramFailure? {
        #expect(throws: ProgramFailure.self) { try Program.decode(program.encode()) }
    }

    @Test func thereAndBack() throws {
        let bytes = ProgramTests.small().encode()
        #expect(Program.isProgram(bytes))
        #expect(try Program.decode(bytes) == ProgramTests.small())
        // What follows is none of its business.
        #expect(try Program.decode(bytes + [1, 2, 3]) == ProgramTests.small())
        #expect(bytes.count % 8 == 0)
    }

    @Test func itRuns() throws {
        let machine = try #require(Machine.make(try Program.decode(ProgramTests.small().encode())))
        var results: [[UInt8]] = []
        for frame in [[0, 1, 2, 3, 255, 0, 1, 2], [UInt8]()] {
            machine.run(
                load: { stream, target in
                    #expect(stream == 3)
                    if frame.isEmpty { return false }
                    target.copyBytes(from: frame)
                    return true
                },
                store: { stream, bytes in
                    #expect(stream == 4)
                    results.append(Array(bytes))
                }, exchange: { _, _, _ in false })
        }
        // Without a frame all its numbers are 0.
        #expect(results == [[5, 6, 7, 7, 7, 5, 6, 7], [5, 5, 5, 5, 5, 5, 5, 5]])
    }

    @Test func cutProgramsAreRefused() {
        let bytes = ProgramTests.small().encode()
        for length in 0..<bytes.count {
            #expect(throws: ProgramFailure.self) { try Program.decode(Array(bytes[..<length])) }
        }
    }

    /// Whatever one byte is changed to, the program is refused or can be run.
    @Test func noByteTraps() throws {
        let convolution = Program(
            tensors: [Program.Extent(2, 2, 2), Program.Extent(2, 2, 1)],
            instructions: [
                Instruction(.load, [0, 0] + ProgramTests.bytesLayout.operands),
                Instruction(
                    .convolution, [1, 0, 3, 3, 1, 1, 1, 1, 0, 0, 0, 255], constants: [1, 1 << 20, 20],
                    weights: [Int8](repeating: -3, count: 18)),
                Instruction(
                    .store,
                    [0, 1]
                        + FrameLayout(elementBytes: 1, frameBytes: 8, rowStride: 2, columnStride: 1, featureStride: 1)
                        .operands),
            ])
        for program in [ProgramTests.small(), convolution] {
            let bytes = program.encode()
            var runs = 0
            for place in bytes.indices {
                for value: UInt8 in [0, 1, 2, 16, 127, 128, 255] {
                    var damaged = bytes
                    damaged[place] = value
                    guard let decoded = try? Program.decode(damaged) else { continue }
                    // Large tensors are allowed; to fill them here takes too long.
                    guard decoded.tensors.allSatisfy({ $0.count < 1 << 20 }) else { continue }
                    Machine.make(decoded)?.run(
                        load: { _, _ in false }, store: { _, _ in }, exchange: { _, _, _ in true })
                    runs += 1
                }
            }
            #expect(runs > 100)
        }
    }

    @Test func wrongStepsAreExplained() {
        var program = ProgramTests.small()
        program.instructions[1] = Instruction(.table, [1, 7, 0], constants: [1])
        #expect(failure(program)?.description == "instruction 1: there is no tensor 7")
        program = ProgramTests.small()
        program.instructions = Series(program.instructions.dropFirst())
        #expect(failure(program)?.reason == "tensor 0 is used before it is written")
        program = ProgramTests.small()
        program.instructions.append(Instruction(.argmax, [1, 0]))
        #expect(failure(program)?.reason == "tensor 1 is written twice")
        program = ProgramTests.small()
        program.instructions[0].operands[3] = 7
        #expect(failure(program)?.reason == "the tensor ends at byte 8 of a frame of 7")
        program = ProgramTests.small()
        program.instructions[1].constants = []
        #expect(failure(program)?.reason == "its table is empty")
        program = ProgramTests.small()
        program.tensors[0] = Program.Extent(65535, 65535, 65535)
        #expect(failure(program)?.instruction == nil)
        program.tensors[0] = Program.Extent(0, 2, 2)
        #expect(failure(program)?.reason.contains("a side of 0") == true)
    }

    @Test func endlessWorkIsRefused() {
        var program = Program(
            tensors: [Program.Extent(512, 512, 16)],
            instructions: [
                Instruction(
                    .load,
                    [0, 0]
                        + FrameLayout(
                            elementBytes: 1, frameBytes: 1 << 22, rowStride: 1 << 13, columnStride: 16, featureStride: 1
                        ).operands)
            ])
        program.tensors.append(Program.Extent(512, 512, 16))
        program.instructions.append(Instruction(.maximumPool, [1, 0, 255, 255, 1, 1, 0, 0]))
        #expect(failure(program)?.reason.contains("multiplications") == true)
    }
}
