import HailoBase
import HailoHEF
import HailoHEFWriter
import Testing
import HailoFormats

/// What a file may and may not say, beyond the corpus.
@Suite struct ModelTests {
    private func result(_ change: (inout HefMessage) -> Void) -> Result<HefFile, HailoError> {
        var message = SmallModel.message()
        change(&message)
        let bytes = HefBuilder(message: message).build()
        return Result { () throws(HailoError) in try parse(bytes) }
    }

    private func error(_ change: (inout HefMessage) -> Void) -> HailoError? {
        if case .failure(let error) = result(change) { return error }
        return nil
    }

    private func changeLayer(_ index: Int, _ change: @escaping (inout LayerInfoMessage) -> Void) -> (inout HefMessage)
        -> Void
    {
        { message in
            guard case .info(var info) = message.networkGroups[0].contexts[0].metadata.edgeLayers[index].kind else {
                return
            }
            change(&info)
            message.networkGroups[0].contexts[0].metadata.edgeLayers[index].kind = .info(info)
        }
    }

    private func withAction(_ kind: ActionMessage.Kind) -> (inout HefMessage) -> Void {
        { $0.networkGroups[0].contexts[0].operations[0].actions.append(ActionMessage(kind)) }
    }

    @Test func theSmallModelIsWhatItSays() throws {
        let file = try result { _ in }.get()
        #expect(file.architecture.name == "HAILO8")
        #expect(file.compilerVersion == "3.31.0")
        let group = try #require(file.groups.first)
        #expect(group.inputs().map { $0.name.text } == ["small/input"])
        #expect(group.outputs().map { $0.name.text } == ["small/output"])
        #expect(group.outputs()[0].format == Format(.uint8, .nhwc))
        #expect(group.outputStreams()[0].hardwareFrameSize == 128)
        #expect(group.networkNames.map { $0.text } == ["small/small"])
        #expect(group.originalNames(ofTensor: Name("small/input")).map { $0.text } == ["small/input_original"])
        #expect(group.coreOp.canFastBatchSwitch)
    }

    @Test func theLastGroupOfTheFileIsMeantFirst() throws {
        var message = SmallModel.message(groups: ["a", "b", "c"])
        #expect(try parse(HefBuilder(message: message).build()).groups.map { $0.name.text } == ["c", "b", "a"])
        message.networkGroups.append(SmallModel.group(named: "a"))
        let duplicate = #expect(throws: HailoError.self) { try parse(HefBuilder(message: message).build()) }
        #expect(duplicate?.status == .invalidOperation)
    }

    @Test func everyPlaceIsNamed() {
        var sequencer = EnableSequencerMessage()
        sequencer.cluster = 256
        let error = error(withAction(.enableSequencer(sequencer)))
        #expect(
            error?.message
                == "invalid HEF: group \"small\", context 0, operation 0, action 1: enable_sequencer.cluster_index is 256; the "
                + "largest possible value is 255")
        #expect(self.error(changeLayer(1) { $0.base.format = 99 })?.message.contains("layer \"small/output\"") == true)
    }

    @Test func smallWritesAreReadFromTheFile() throws {
        var write = WriteByTypeMessage()
        write.address = 0x1000
        write.data = WireBytes([1, 2, 3])
        let file = try result(withAction(.writeByType(write))).get()
        guard case .writeByType(let read) = file.groups[0].coreOp.contexts[0].operations[0].actions.last else {
            return #expect(Bool(false))
        }
        #expect(read.data == 0x0003_0201)
        #expect(read.address == 0x1000)
    }

    @Test func writingTheBatchSizeForbidsFastSwitching() throws {
        var write = WriteByTypeMessage()
        write.type = 1
        #expect(try !result(withAction(.writeByType(write))).get().groups[0].coreOp.canFastBatchSwitch)
    }

    @Test func pointersToConfigurationCountFromTheZeroPoint() throws {
        var pointer = WriteCcwPointerMessage()
        pointer.offset = 3
        pointer.size = 2
        pointer.channel = 1
        var message = SmallModel.message()
        withAction(.writeCcwPointer(pointer))(&message)
        let bytes = HefBuilder(message: message).build() + []
        let file = try parse(bytes)
        #expect(
            file.groups[0].coreOp.contexts[0].operations[0].actions.last
                == .writeConfiguration(channel: 1, offset: file.container.zeroPoint + 3, size: 2))
        // An offset near the end of the number range wraps; whoever reads the data checks it.
        pointer.offset = UInt64.max
        #expect(error(withAction(.writeCcwPointer(pointer))) == nil)
    }

    @Test func legacyInitialL3IsTakenApart() throws {
        var sequencer = EnableSequencerMessage()
        sequencer.legacyInitialL3 = 0x7_ff85
        guard
            case .enableSequencer(let read) = try result(withAction(.enableSequencer(sequencer))).get().groups[0].coreOp
                .contexts[0].operations[0].actions.last
        else { return #expect(Bool(false)) }
        #expect(read.initialL3Cut == 5)
        #expect(read.initialL3Offset == UInt16(truncatingIfNeeded: 0xfff << 3))
    }

    @Test func namesAreComparedByTheirBytes() throws {
        // The same letter, composed and decomposed: two names.
        let message = SmallModel.message(groups: ["\u{e9}", "e\u{301}"])
        #expect(try parse(HefBuilder(message: message).build()).groups.count == 2)
    }

    @Test func quantizationsPerFeatureHaveToBeComplete() {
        let perFeature: (inout HefMessage) -> Void = { message in
            var item = ExtensionMessage()
            item.typeIndex = 25
            message.extensions.append(item)
        }
        #expect(error(perFeature)?.status == .hefInvalid)
        // Four billion features announced, none given.
        let huge = error { message in
            perFeature(&message)
            self.changeLayer(0) { $0.base.features = .max }(&message)
        }
        #expect(huge?.status == .hefInvalid)
    }

    @Test func sizesThatOverflowWrapLikeTheVendors() throws {
        let file = try result(
            changeLayer(0) {
                $0.base.height = .max
                $0.base.width = .max
                $0.base.features = .max
                $0.base.paddedHeight = .max
            }
        ).get()
        _ = file.report()
    }

    @Test func outputsThatTheListOmitsComeLast() throws {
        let file = try result { message in
            let layers = ["small/b", "small/a"].map {
                SmallModel.layer($0, isOutput: true, format: 1, Shape(1, 1, 8), features: 8)
            }
            message.networkGroups[0].contexts[0].metadata.edgeLayers.insert(contentsOf: layers, at: 0)
        }.get()
        #expect(file.groups[0].outputs().map { $0.name.text } == ["small/output", "small/b", "small/a"])
    }

    @Test func extensionsAreNamed() {
        let error = error { message in
            var item = ExtensionMessage()
            item.typeIndex = 7
            message.extensions.append(item)
        }
        #expect(error?.status == .hefUnsupported)
        #expect(error?.message.contains("extension 7 (TEST_ONE)") == true)
    }
}
