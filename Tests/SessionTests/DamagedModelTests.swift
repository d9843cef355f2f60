import HailoBase
import Foundation
import HailoHEF
import HailoHEFWriter
import Hailo
import HailoPlanner
import Testing

/// Models with numbers that ended the process, or kept it busy for ever, before they were refused.
@Suite struct DamagedModelTests {
    /// A small model with one thing changed in its output, or in its input.
    private static func file(
        isOutput: Bool = true, _ change: (inout LayerInfoMessage) -> Void
    ) throws -> [UInt8] {
        var group = SmallModel.group(named: "net")
        let index = isOutput ? 1 : 0
        guard case .info(var info) = group.contexts[0].metadata.edgeLayers[index].kind else {
            throw HailoError(.hefInvalid, "no layer")
        }
        change(&info)
        group.contexts[0].metadata.edgeLayers[index].kind = .info(info)
        var message = SmallModel.message()
        message.networkGroups = [group]
        return HefBuilder(version: 2, message: message).build()
    }

    private func refusal(_ bytes: [UInt8], chip: Chip = .hailo8) throws -> HailoError? {
        let model = try Model.load(bytes: bytes)
        return #expect(throws: HailoError.self) { _ = try model.plan(for: .typical(chip), Session.Options()) }
    }

    @Test(arguments: [Shape(6, 8, 0), Shape(0, 8, 8), Shape(8, 0, 8)])
    func tensorsWithoutBytes(shape: Shape) throws {
        let bytes = try DamagedModelTests.file {
            ($0.base.height, $0.base.width, $0.base.features) = (shape.height, shape.width, shape.features)
        }
        let error = try refusal(bytes)
        #expect(error?.status == .hefInvalid)
        #expect(error?.message.contains("\"net/output\": its frames have no bytes") == true, "\(error?.message ?? "")")
    }

    /// The page of such a stream was halved and doubled for ever.
    @Test(arguments: [512, 1024, 2048, 4096])
    func buffersOfTheSizeOfAPage(size: UInt32) throws {
        let bytes = try DamagedModelTests.file {
            $0.base.maxShmifoSize = size
            ($0.base.height, $0.base.paddedHeight, $0.base.width, $0.base.paddedWidth) = (65535, 65535, 65535, 65535)
            ($0.base.features, $0.base.paddedFeatures) = (8, 8)
        }
        #expect(try refusal(bytes) != nil)
    }

    private static func boxes(_ info: inout LayerInfoMessage, size: UInt32, burst: UInt32) {
        info.base.format = 6
        info.base.dataBytes = 2
        info.base.additional.nms.classes = 1
        info.base.additional.nms.maxOutputSize = 1
        info.base.additional.nms.boxSize = UInt64(size)
        info.base.additional.nms.burstSize = burst
        info.base.additional.nms.burstType = 1
        info.base.additional.nms.divisionFactor = 1
    }

    @Test func burstsThatOverflow() throws {
        let bytes = try DamagedModelTests.file { DamagedModelTests.boxes(&$0, size: .max, burst: .max) }
        #expect(throws: HailoError.self) {
            _ = try Model.load(bytes: bytes).plan(for: .typical(.hailo8), Session.Options())
        }
    }

    @Test func boxesDoNotGoIn() throws {
        let bytes = try DamagedModelTests.file(isOutput: false) { DamagedModelTests.boxes(&$0, size: 8, burst: 0) }
        #expect(throws: HailoError.self) {
            _ = try Model.load(bytes: bytes).plan(for: .typical(.hailo8), Session.Options())
        }
    }

    @Test func shapesWhoseProductWraps() throws {
        let bytes = try DamagedModelTests.file {
            ($0.base.height, $0.base.width, $0.base.features) = (0, .max - 5, .max - 5)
        }
        #expect(throws: HailoError.self) {
            let device = try Device.open("emulator,board=wraps")
            _ = try device.configure(try Model.load(bytes: bytes))
        }
    }

    /// The file that the tests of the tool use: a model that runs, but for the features of its input.
    @Test func theFileOfTheToolsTests() throws {
        let sound = [UInt8](try Data(contentsOf: URL(fileURLWithPath: PlanGolden.path(of: "min_v2"))))
        let place = try Model.load(bytes: sound).file.container.message
        var message = try sound[place].withUnsafeBytes { try WireDecoder.decode(HefMessage.self, from: $0) }
        let layers = message.networkGroups[0].contexts[0].metadata.edgeLayers
        let index = try #require(layers.firstIndex { $0.direction == 0 })
        guard case .info(var info) = layers[index].kind else { throw HailoError(.hefInvalid, "no layer") }
        info.base.features = 0
        message.networkGroups[0].contexts[0].metadata.edgeLayers[index].kind = .info(info)
        let damaged = sound[..<place.lowerBound] + WireEncoder.encode(message) + sound[place.upperBound...]
        let bytes = try #require(HefBuilder.resigned(Array(damaged)))
        #expect(try refusal(bytes)?.message.contains("its frames have no bytes") == true)
        let path = PlanGolden.path(of: "no_features", in: "unplannable")
        if ProcessInfo.processInfo.environment["HAILOSWIFT_WRITE_FIXTURES"] != nil {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        #expect(FileManager.default.contents(atPath: path) == Data(bytes))
    }
}
