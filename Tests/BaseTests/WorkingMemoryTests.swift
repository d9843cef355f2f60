import HailoBase
import Testing

@Suite struct WorkingMemoryTests {
    @Test func piecesAreAlignedAndApart() throws {
        let memory = WorkingMemory()
        let bytes = memory.reserve(bytes: 65)
        let numbers: UnsafeMutableBufferPointer<UInt64> = memory.reserve(3)
        try memory.check()
        #expect(bytes.count == 65 && numbers.count == 3)
        bytes.initializeMemory(as: UInt8.self, repeating: 1)
        numbers.initialize(repeating: 2)
        #expect(bytes.allSatisfy { $0 == 1 } && Array(numbers) == [2, 2, 2])
        for address in [UInt(bitPattern: bytes.baseAddress), UInt(bitPattern: numbers.baseAddress)] {
            #expect(address != 0 && address % 64 == 0)
        }
    }

    @Test func nothingIsOneByte() throws {
        let memory = WorkingMemory()
        #expect(memory.reserve(bytes: 0).count == 1)
        #expect((memory.reserve(0) as UnsafeMutableBufferPointer<UInt32>).count == 1)
        try memory.check()
    }

    @Test(arguments: [Int.max, Int.max - 63, Int.max / 2])
    func moreThanThereIs(size: Int) throws {
        let memory = WorkingMemory()
        #expect(memory.reserve(bytes: size).baseAddress == nil)
        #expect((memory.reserve(size) as UnsafeMutableBufferPointer<UInt64>).isEmpty)
        let error = #expect(throws: HailoError.self) { try memory.check() }
        #expect(error?.status == .outOfMemory)
        // It was said; what comes then is another matter.
        #expect(memory.reserve(bytes: 8).count == 8)
        try memory.check()
    }
}
