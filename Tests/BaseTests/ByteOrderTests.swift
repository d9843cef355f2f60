import HailoBase
import Testing

@Suite struct ByteOrderTests {
    @Test func numbersComeBackInTheirByteOrder() {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt32(0x0102_0304))
        bytes.appendLittleEndian(UInt16(0x0506))
        #expect(bytes == [1, 2, 3, 4, 6, 5])
        #expect(bytes.bigEndian(UInt32.self, at: 0) == 0x0102_0304)
        #expect(bytes.littleEndian(UInt16.self, at: 4) == 0x0506)
        #expect(bytes.bigEndian(UInt8.self, at: 5) == 5)
    }

    @Test func offsetsOfSlicesCountFromTheirStart() {
        let bytes: [UInt8] = [9, 9, 1, 2]
        #expect(bytes[2...].bigEndian(UInt16.self, at: 0) == 0x0102)
    }

    @Test(arguments: [-1, 1, 4, Int.max, Int.min])
    func readingBeyondTheEndIsNil(offset: Int) {
        #expect([1, 2, 3, 4].bigEndian(UInt32.self, at: offset) == nil)
        #expect([UInt8]().bigEndian(UInt32.self, at: offset) == nil)
    }

    @Test func textIsCutAndFilledToItsLength() {
        var bytes: [UInt8] = []
        bytes.append(text: "abc", length: 5)
        bytes.append(text: "abcdef", length: 2)
        #expect(bytes == [97, 98, 99, 0, 0, 97, 98])
        #expect(bytes.zeroTerminatedText == "abc")
    }

    @Test func hexadecimalText() {
        #expect([UInt8]([0, 0x9a, 0xff]).hexadecimal == "009aff")
        #expect(UInt32(0x4003_0060).hexadecimal == "0x40030060")
    }
}
