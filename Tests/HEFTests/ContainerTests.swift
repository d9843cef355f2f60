import HailoBase
import Foundation
import HailoHEF
import HailoHEFWriter
import Hailo
import Testing

@Suite struct ContainerTests {
    private func status(_ bytes: [UInt8]) -> Status {
        do {
            _ = try parse(bytes)
            return .ok
        } catch {
            return error.status
        }
    }

    private func small(_ version: UInt32) -> HefBuilder {
        var builder = HefBuilder(version: version, message: SmallModel.message())
        if version != 0 { builder.configuration = (0..<100).map { UInt8($0) } }
        if version == 3 {
            builder.padding = 37
            builder.additional = [1, 2, 3]
        }
        return builder
    }

    @Test(arguments: [0, 1, 2, 3] as [UInt32])
    func everyVersionIsReadFromFileAndMemory(version: UInt32) throws {
        let bytes = small(version).build()
        let file = try parse(bytes)
        #expect(file.container.version == version)
        #expect(file.groups.map { $0.name.text } == ["small"])
        #expect(Array(bytes[file.container.configuration]) == small(version).configuration)
        let path = NSTemporaryDirectory() + "hailoswift-\(UUID()).hef"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try Model.load(path: path).hash == file.container.hash)
    }

    @Test(arguments: [0, 1, 2, 3] as [UInt32])
    func aFileCutAnywhereIsRefused(version: UInt32) {
        let bytes = small(version).build()
        let headerSize = [32, 28, 44, 56][Int(version)]
        for length in 0..<bytes.count {
            let expected: Status = length < headerSize ? .fileError : .hefCorrupted
            #expect(status(Array(bytes.prefix(length))) == expected, "\(length) bytes")
        }
        #expect(status(bytes + [0]) == .hefCorrupted)
    }

    @Test(arguments: [0, 1, 2, 3] as [UInt32])
    func aFlippedByteIsRefused(version: UInt32) {
        let bytes = small(version).build()
        // Reserved words of the header are nobody's, and no checksum covers the length of the padding.
        let uncovered: [Range<Int>] = [[12..<16], [24..<28], [28..<44], [28..<32, 40..<56]][Int(version)]
        for position in bytes.indices where !uncovered.contains(where: { $0.contains(position) }) {
            var damaged = bytes
            damaged[position] ^= 0xff
            #expect(status(damaged) != .ok, "byte \(position)")
        }
    }

    @Test func lengthsThatWrapAroundAreRefused() {
        for (offset, value) in [(20, UInt64.max), (20, UInt64.max - 99), (32, UInt64.max), (32, 1 << 63)] {
            var bytes = small(3).build()
            var field: [UInt8] = []
            field.appendBigEndian(value)
            bytes.replaceSubrange(offset..<(offset + 8), with: field)
            #expect(status(bytes) == .hefCorrupted)
        }
    }

    @Test func lengthsThatWrapToTheRightSumCauseNoHarm() throws {
        // Configuration data and additional information that together come to the right number modulo 2^64.
        var bytes = small(3).build()
        let real = UInt64(small(3).configuration.count + small(3).padding)
        var fields: [UInt8] = []
        fields.appendBigEndian(real &- 5)
        fields.append(contentsOf: bytes[28..<32])
        fields.appendBigEndian(UInt64(small(3).additional.count) &+ 5)
        bytes.replaceSubrange(20..<40, with: fields)
        #expect(status(bytes) == .ok)
        fields = []
        fields.appendBigEndian(UInt64.max - 4)
        fields.append(contentsOf: bytes[28..<32])
        fields.appendBigEndian(real &+ UInt64(small(3).additional.count) &+ 5)
        bytes.replaceSubrange(20..<40, with: fields)
        let file = try parse(bytes)
        #expect(file.container.configuration.isEmpty)
    }

    @Test func paddingLongerThanItsPartIsHarmless() throws {
        var bytes = small(3).build()
        bytes.replaceSubrange(28..<32, with: [0xff, 0xff, 0xff, 0xff])
        #expect(try parse(bytes).container.configuration.isEmpty)
    }

    @Test func messagesSayWhatIsWrong() {
        func message(_ bytes: [UInt8]) -> String {
            do {
                _ = try parse(bytes)
                return "accepted"
            } catch {
                return error.message
            }
        }
        var bytes = small(2).build()
        #expect(message([]).contains("0 bytes"))
        #expect(message(Array("this is a text and no HEF file at all".utf8)).contains("does not begin like a HEF file"))
        bytes[7] = 9
        #expect(message(bytes).contains("header version 9"))
        bytes = small(2).build()
        bytes[100] ^= 1
        #expect(message(bytes).contains("the checksum of the file is"))
        bytes = HefBuilder.file(version: 2, description: [0x0a, 9, 1])
        #expect(
            message(bytes)
                == "the description in the file cannot be read: a length reaches beyond the message at byte 46")
    }

    @Test func filesThatCannotBeRead() throws {
        func error(_ path: String) -> HailoError? {
            #expect(throws: HailoError.self) { try Model.load(path: path) }
        }
        #expect(error("/nowhere/model.hef")?.message == "cannot read /nowhere/model.hef: there is no such file")
        #expect(error("/tmp")?.message == "cannot read /tmp: it is a folder")
        #expect(error("/dev/null")?.status == .fileError)
        #expect(error("")?.status == .fileError)
    }
}
