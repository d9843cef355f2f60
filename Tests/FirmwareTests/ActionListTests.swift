import HailoBase
import Testing

@testable import HailoFirmware

@Suite struct ActionListTests {
    /// An action of a kind, with a value in every byte that the firmware takes.
    private func sample(_ kind: ActionKind, _ seed: UInt64, _ firmware: FirmwareInterface = .newest) -> ContextAction {
        ContextAction(
            kind,
            kind.fields.enumerated().map { place, field in
                guard kind.fields(for: firmware).contains(field) else { return 0 }
                let bits = UInt64(field.width * 8)
                let value = (seed + UInt64(place) + 1) &* 0x0102_0304_0506_0708
                return bits == 64 ? value : value & (1 << bits - 1)
            })
    }

    private static let sizes = [
        3, 44, 9, 2, 8, 1, 42, 39, 43, 39, 43, 42, 8, 3, 9, 0, 1, 1, 5, 5, 1, 0, 21, 2, 3, 4, 6, 3, 8, 0, 0, 0, 28, 20,
        7,
        15, 6, 1, 2, 2, 43, 41, 0, 4, 0,
    ]
    /// Those that differ for firmware up to 4.20, by the kind's number.
    private static let olderSizes = [6: 43, 7: 40, 8: 44, 9: 40, 10: 44, 11: 43, 40: 44, 41: 40]
    private static let firmwares = [Version(4, 18, 0), Version(4, 20, 1), Version(4, 23, 0)].map {
        FirmwareInterface(of: $0)
    }

    private func size(_ kind: ActionKind, _ firmware: FirmwareInterface) -> Int {
        kind.fields(for: firmware).reduce(0) { $0 + $1.width }
    }

    @Test func allKindsHaveTheFirmwaresSizes() {
        #expect(ActionKind.allCases.map { size($0, .newest) } == ActionListTests.sizes)
        for (number, newer) in ActionListTests.sizes.enumerated() {
            let older = size(ActionKind.allCases[number], ActionListTests.firmwares[1])
            #expect(older == ActionListTests.olderSizes[number] ?? newer)
        }
        #expect(Set(ActionKind.allCases.map { $0.name }).count == 45)
    }

    @Test(arguments: ActionKind.allCases.filter { $0 != .repeated }, firmwares)
    func everyKindThereAndBack(kind: ActionKind, firmware: FirmwareInterface) throws {
        let action = sample(kind, 7, firmware)
        let list = ActionList(plain: [action])
        let bytes = try #require(list.chunks(for: firmware) { $0 }.first)
        #expect(bytes.count == 5 + size(kind, firmware))
        #expect(Array(bytes.prefix(5)) == [kind.rawValue, 255, 255, 255, 255])
        guard firmware.knows(kind) else {
            #expect(throws: ActionList.Malformation(reason: .unknownKind, offset: 0)) {
                try ActionList(bytes: bytes, for: firmware)
            }
            return
        }
        #expect(try ActionList(bytes: bytes, for: firmware) == list)
    }

    /// Where the bytes of older firmware are others than a newer layout with one more would have.
    @Test func olderLayouts() throws {
        let output = ContextAction.activateCacheOutput(
            StreamChannel(channel: 17, stream: 3, network: 1),
            registers: StreamRegisters(
                coreBytesPerBuffer: 0x102, coreBuffersPerFrame: 3, peripheryBytesPerBuffer: 4,
                peripheryBuffersPerFrame: 5, featurePadding: 6, bufferPaddingPayload: 7, bufferPadding: 8,
                peripheryByHost: true, paddingInDataflow: false),
            buffer: HostBuffer(list: 9, pageSize: 512, descriptorCount: 10, bytesInPattern: 11), batchSize: 12)
        let registers = "0201" + "0300" + "0400" + "0500" + "0600" + "07000000" + "0800"
        let buffer = "00" + "0900000000000000" + "0002" + "0a000000" + "0b000000"
        func text(_ firmware: FirmwareInterface) -> String? {
            ActionList(plain: [output]).chunks(for: firmware) { $0 }.first?.dropFirst(5).hexadecimal
        }
        #expect(text(ActionListTests.firmwares[1]) == "110301" + registers + "0100" + buffer)
        #expect(text(.newest) == registers + "00" + buffer + "0c00" + "110301")
    }

    @Test(arguments: ActionKind.allCases.filter { $0.isRepeatable })
    func repeatedKindsThereAndBack(kind: ActionKind) throws {
        let actions = (0..<3).map { sample(kind, $0) }
        let list = ActionList(folding: actions)
        #expect(list.entries == [.repeated(actions)])
        let bytes = try #require(list.chunks(for: .newest) { $0 }.first)
        #expect(bytes.count == 8 + 3 * size(kind, .newest))
        #expect(try ActionList(bytes: bytes, for: .newest) == list)
        #expect(Array(list) == actions)
    }

    @Test func runsAreFolded() {
        let disable = ContextAction.disableLcu(1)
        let sleep = ContextAction.sleep(microseconds: 1000)
        #expect(ActionList(folding: [disable]).entries == [.single(disable)])
        #expect(ActionList(folding: [sleep, sleep]).entries == [.single(sleep), .single(sleep)])
        #expect(
            ActionList(folding: [disable, disable, sleep, disable]).entries
                == [.repeated([disable, disable]), .single(sleep), .single(disable)])
        // An action that does nothing ends a run.
        #expect(ActionList(folding: [disable, nil, disable]).entries == [.single(disable), .single(disable)])
        let many = ActionList(folding: [ContextAction?](repeating: disable, count: 256))
        #expect(many.entries == [.repeated([ContextAction](repeating: disable, count: 255)), .single(disable)])
        let more = ActionList(folding: [ContextAction?](repeating: disable, count: 257))
        #expect(more.entries.map { $0.actions.count } == [255, 2])
        #expect(ActionList(plain: [disable, disable]).entries == [.single(disable), .single(disable)])
    }

    @Test func chunksDoNotCutActions() throws {
        let list = ActionList(folding: (0..<600).map { sample(.triggerSequencer, $0) })
        let chunks = list.chunks(for: .newest) { $0 }
        #expect(chunks.allSatisfy { $0.count <= ActionList.largestChunk })
        // The first piece holds the head of the repeated action and as many parts as fit.
        #expect(chunks.first?.count == 8 + 44 * 33)
        #expect(chunks[1].count == 44 * 33)
        #expect(try ActionList(bytes: chunks.flatMap { $0 }, for: .newest) == list)
        #expect(ActionList(plain: []).chunks(for: .newest) { $0 } == [])
    }

    @Test func addressesReplaceListNumbers() throws {
        let buffer = HostBuffer(list: 5, pageSize: 512, descriptorCount: 64, bytesInPattern: 1000)
        let list = ActionList(plain: [.openBoundaryOutput(channel: 16, buffer: buffer)])
        let bytes = try #require(list.chunks(for: .newest) { 0x40_0000_0000 + $0 << 16 }.first)
        let action = try #require(try Array(ActionList(bytes: bytes, for: .newest)).first)
        #expect(action[.listAddress] == 0x40_0005_0000)
        #expect(action.with(.listAddress, 5) == Array(list).first)
        #expect(action[.stream] == nil)
    }

    @Test(arguments: [
        ([5, 255, 255, 255], ActionList.Malformation.Reason.cutOff),
        ([5, 255, 255, 255, 255], .cutOff),
        ([45, 255, 255, 255, 255], .unknownKind),
        ([5, 255, 255, 255, 254, 0], .timeStamp),
        ([24, 255, 255, 255, 255, 0, 0, 5], .emptyRepetition),
        ([24, 255, 255, 255, 255, 2, 0, 24], .repeatedKind),
        ([24, 255, 255, 255, 255, 2, 0, 43], .repeatedKind),
        ([24, 255, 255, 255, 255, 2, 0, 5, 1], .cutOff),
        ([24, 255, 255, 255, 255, 2], .cutOff),
    ])
    func malformedLists(bytes: [UInt8], reason: ActionList.Malformation.Reason) {
        #expect(throws: ActionList.Malformation(reason: reason, offset: 0)) {
            try ActionList(bytes: bytes, for: .newest)
        }
        let shifted = [21, 255, 255, 255, 255] + bytes
        #expect(throws: ActionList.Malformation(reason: reason, offset: 5)) {
            try ActionList(bytes: shifted, for: .newest)
        }
    }

    @Test(arguments: 0..<200)
    func noBytesTrap(seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        let bytes = (0..<300).map { index -> UInt8 in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return index % 7 == 0 ? UInt8(truncatingIfNeeded: state % 45) : UInt8(truncatingIfNeeded: state | 0xf0)
        }
        _ = try? ActionList(bytes: bytes, for: .newest)
    }
}
