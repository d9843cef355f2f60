import HailoBase
import HailoEmulator
import Hailo
import Testing

/// Boxes from the emulated chip, all the way to numbers.
@Suite struct BoxRunTests {
    /// What the emulated device makes of frame f, in the form of the host: for each class the number of its boxes and of
    /// each two corners and a score. The model's scale is 1/256.
    private static func expected(_ frame: Int, classes: Int, most: Int) -> [Float] {
        var numbers: [Float] = []
        for list in 0..<classes {
            let count = (frame + list) % 3
            numbers.append(Float(count))
            for box in 0..<count {
                let top = 100 + 10 * box + frame % 1000
                let left = 200 + 20 * list
                numbers += [top, left, top + 100, left + 150, 32768 - 100 * box].map { Float($0) / 256 }
            }
        }
        return numbers + [Float](repeating: 0, count: classes * (1 + 5 * most) - numbers.count)
    }

    @Test func aTransferForEachFrame() throws {
        let session = try EmulatedSession.make("nms_burst_frame")
        try session.activate()
        let output = try #require(try session.outputs.first)
        #expect(output.format.type == .float32)
        let inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, 200)
        let outputs = FrameMemory(sizes: [output.frameSize], 200)
        try session.run(count: 200, inputs: inputs.sources, outputs: outputs.buffers, milliseconds: 10000)
        let found = outputs.buffers[0].bindMemory(to: Float.self)
        let size = output.frameSize / 4
        for frame in 0..<200 {
            let expected = BoxRunTests.expected(frame, classes: 4, most: 10)
            #expect(Array(found[(frame * size)..<((frame + 1) * size)]) == expected, "frame \(frame)")
        }
        try session.close()
        #expect((session.device.driver as? EmulatedDriver)?.violations == [])
    }

    /// The model does not say what its boxes are, so that there are none.
    @Test(arguments: ["nms_bbox", "nms_bbox_div", "nms_defused", "nms_defused_shuffled", "nms_u8"])
    func boxesOfAnUnknownUnit(name: String) throws {
        let session = try EmulatedSession.make(name)
        try session.activate()
        let inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, 50)
        let outputs = FrameMemory(sizes: try session.outputs.map { $0.frameSize }, 50)
        for output in outputs.buffers { output.initializeMemory(as: UInt8.self, repeating: 0xaa) }
        try session.run(count: 50, inputs: inputs.sources, outputs: outputs.buffers, milliseconds: 10000)
        #expect(
            outputs.buffers[0].prefix(try session.outputs[0].frameSize).allSatisfy { $0 == 0 }
                || name == "nms_defused_shuffled")
        try session.close()
        #expect((session.device.driver as? EmulatedDriver)?.violations == [])
    }
}
