import HailoBase
import HailoHEF
import HailoHEFWriter
import Testing

@Suite struct WireTests {
    private func decode<Message: WireMessage>(_: Message.Type, _ bytes: [UInt8]) throws(WireFailure) -> Message {
        try bytes.withUnsafeBufferPointer { buffer throws(WireFailure) in
            try WireDecoder.decode(Message.self, from: UnsafeRawBufferPointer(buffer))
        }
    }

    private func reason(_ bytes: [UInt8]) -> String {
        do {
            _ = try decode(HefMessage.self, bytes)
            return "accepted"
        } catch {
            return "\(error.reason)"
        }
    }

    @Test func unknownFieldsOfEveryKindAreSkipped() throws {
        // Field 100 as a number, as eight bytes, as text, as a group with a field in it, as four bytes; then field 4 = 7.
        let bytes: [UInt8] =
            [0xa0, 0x06, 0xff, 0x01] + [0xa1, 0x06] + [UInt8](repeating: 9, count: 8) + [0xa2, 0x06, 2, 65, 66]
            + [0xa3, 0x06, 0x08, 0x01, 0xa4, 0x06] + [0xa5, 0x06, 1, 2, 3, 4] + [0x20, 7]
        #expect(try decode(HeaderMessage.self, bytes).version == 7)
    }

    @Test func aKnownFieldOfAnotherTypeCountsAsUnknown() throws {
        // Field 4 as text, then as a number.
        #expect(try decode(HeaderMessage.self, [0x22, 1, 65, 0x20, 9]).version == 9)
    }

    @Test func repeatedNumbersComePackedOrNot() throws {
        let bytes: [UInt8] = [0x12, 3, 1, 0x80, 1, 0x10, 5]
        #expect(try decode(YoloDecoderMessage.self, bytes).heights == [1, 128, 5])
        let floats: [UInt8] = [0x0a, 4, 0, 0, 0x80, 0x3f, 0x0d, 0, 0, 0, 0x40]
        #expect(try decode(SsdDecoderMessage.self, floats).heights == [1, 2])
    }

    @Test func theLastOfASingleFieldWinsAndMessagesAreMerged() throws {
        #expect(try decode(HeaderMessage.self, [0x20, 1, 0x20, 2]).version == 2)
        // Two headers, one with an architecture, one with a version.
        let merged = try decode(HefMessage.self, [0x0a, 2, 0x08, 3, 0x0a, 2, 0x20, 4])
        #expect(merged.header.architecture == 3)
        #expect(merged.header.version == 4)
    }

    @Test func theLastMemberOfAOneofWinsAndIsMergedWithItself() throws {
        // trigger_lcu twice: merged. Then trigger_none, then trigger_lcu: a new one.
        let twice = try decode(TriggerMessage.self, [0x12, 2, 0x08, 5, 0x12, 2, 0x10, 6])
        guard case .lcu(let lcu) = twice.kind else { return #expect(Bool(false)) }
        #expect(lcu.cluster == 5 && lcu.unit == 6)
        let replaced = try decode(TriggerMessage.self, [0x12, 2, 0x08, 5, 0x1a, 0, 0x12, 2, 0x10, 6])
        guard case .lcu(let fresh) = replaced.kind else { return #expect(Bool(false)) }
        #expect(fresh.cluster == 0 && fresh.unit == 6)
    }

    @Test func numbersAreCutToTheirSize() throws {
        // 2^32 + 1 in a 32-bit field; -1 in ten bytes.
        #expect(try decode(IndexMessage.self, [0x08, 0x81, 0x80, 0x80, 0x80, 0x10]).index == 1)
        let minusOne: [UInt8] = [0x48] + [UInt8](repeating: 0xff, count: 9) + [1]
        #expect(try decode(ContextSwitchMessage.self, minusOne).cacheID == -1)
    }

    @Test func presenceOfAPadIsItsOwn() throws {
        #expect(try decode(EdgeLayerMessage.self, []).pad == nil)
        #expect(try decode(EdgeLayerMessage.self, [0x38, 0]).pad == 0)
    }

    @Test(
        arguments: [
            ([0x0f], "wire type"), ([0x06], "field number 0"), ([0x0e], "wire type"), ([0x0c], "not begun"),
            ([0x20], "cut off"), ([0x20, 0x80], "cut off"), ([0x0a, 5, 1], "reaches beyond"),
            ([0x20] + [UInt8](repeating: 0x80, count: 10), "too many bytes"),
            ([0x80, 0x80, 0x80, 0x80, 0x80, 1], "too many bytes"), ([0xa3, 0x06], "not ended"),
            ([0xa3, 0x06, 0xac, 0x06], "another"), ([0xa3, 0x06, 0x06], "invalid"), ([0xa5, 0x06, 1, 2], "cut off"),
            ([0xa1, 0x06, 1, 2, 3, 4, 5], "cut off"),
            // A header whose compiler version is no UTF-8: a lone continuation byte, a surrogate, an overlong slash.
            ([0x0a, 3, 0x1a, 1, 0x80], "UTF-8"), ([0x0a, 5, 0x1a, 3, 0xed, 0xa0, 0x80], "UTF-8"),
            ([0x0a, 4, 0x1a, 2, 0xc0, 0xaf], "UTF-8"),
            // A message that ends inside a field of it.
            ([0x0a, 1, 0x20, 7], "cut off"),
        ] as [([UInt8], String)])
    func whatIsNoMessage(bytes: [UInt8], hint: String) {
        #expect(reason(bytes).contains(hint), "\(reason(bytes))")
    }

    @Test func packedNumbersThatDoNotFillTheirFieldAreRefused() {
        let failure = #expect(throws: WireFailure.self) { try decode(SsdDecoderMessage.self, [0x0a, 3, 0, 0, 0]) }
        #expect(failure.map { "\($0.reason)" }?.contains("do not fill") == true)
    }

    @Test func messagesMayBeNestedAHundredDeepAndNoDeeper() throws {
        // A mux in a mux in a mux: each level is two messages, an edge and a mux.
        func nested(_ levels: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            for _ in 0..<levels {
                let mux = varintLength(0x2a, bytes)
                bytes = varintLength(0x12, mux)
            }
            return bytes
        }
        _ = try decode(EdgeMessage.self, nested(50))
        #expect(throws: WireFailure.self) { try decode(EdgeMessage.self, nested(51)) }
        #expect(throws: WireFailure.self) { try decode(EdgeMessage.self, nested(5000)) }
    }

    @Test func groupsMayBeNestedAHundredDeepAndNoDeeper() throws {
        func nested(_ levels: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            for _ in 0..<levels { bytes += [0xa3, 0x06] }
            for _ in 0..<levels { bytes += [0xa4, 0x06] }
            return bytes
        }
        _ = try decode(HefMessage.self, nested(100))
        #expect(throws: WireFailure.self) { try decode(HefMessage.self, nested(101)) }
        #expect(throws: WireFailure.self) { try decode(HefMessage.self, nested(1_000_000)) }
    }

    private func varintLength(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [tag]
        var rest = content.count
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)] + content
    }

    @Test func aSmallFileCannotAskForMuchMemory() {
        // Two million empty network groups in four megabytes.
        let bytes = [UInt8](repeating: 0, count: 4 << 20).enumerated().map { $0.offset % 2 == 0 ? UInt8(0x12) : 0 }
        #expect(reason(bytes).contains("too much memory"))
    }

    @Test func whatIsWrittenIsReadBack() throws {
        for golden in Golden.inRepository where golden.status == 0 && golden.name != "min_v2_extra_fields" {
            let bytes = golden.bytes
            let file = try parse(bytes)
            // Version 0 keeps its data in the description, where reading leaves it.
            guard file.container.version != 0 else { continue }
            let part = Array(bytes[file.container.message])
            let message = try decode(HefMessage.self, part)
            let again = try decode(HefMessage.self, WireEncoder.encode(message))
            #expect(WireEncoder.encode(again) == WireEncoder.encode(message), "\(golden.name)")
            let rebuilt = HefBuilder.file(
                version: file.container.version, description: WireEncoder.encode(message),
                configuration: Array(bytes[file.container.configuration]))
            let reread = try parse(rebuilt)
            #expect(reread.groups.map { $0.name } == file.groups.map { $0.name })
        }
    }
}
