// Benchmark "postprocess": what a frame of a detector takes on the host, against plain loops in C++ that do the same, and
// against a copy of the head, measured in the same run.
//
//     swift run -c release postprocess-benchmark
//
// The heads are those of YOLOv8n for pictures of 640 by 640 pixels (80 classes, 8400 places) and of an SSD network (90 classes
// and the background, 2034 anchors), with random numbers in which few or many scores are large enough. Times are the best of many
// rounds: whatever disturbs makes them longer.

import HailoBase
import Foundation
import HailoHEF
import HailoPlainLoops
import HailoPostProcess
import HailoTestSupport
import HailoFormats

/// A head in the words of `HeadModel`. One score in `rare` may be any, all others are too small.
private func yolov8(_ name: String, rare: Int) -> HeadModel {
    let grids = [(80, 8), (40, 16), (20, 32)].enumerated()
    let layers = grids.map { index, grid in
        let (side, padded) = (grid.0, (grid.0 + 7) / 8 * 8)
        return "reg\(index) \(side) \(side) 64 \(side) \(padded) 64 0 128 0.08 0 255 0 "
            + "cls\(index) \(side) \(side) 80 \(side) \(padded) 80 0 0 0.0039215 0 30 \(rare)"
    }
    let decoders = grids.map { index, grid in "reg\(index) cls\(index) \(grid.1)" }
    return HeadModel(
        "\(name) yolov8 80 100 100 0.3 0.45 0 -1 640 640 1 0 0 6 " + (layers + ["3"] + decoders).joined(separator: " "))
}

private func ssd(_ name: String, rare: Int) -> HeadModel {
    let grids = [(19, 3), (10, 6), (5, 6), (3, 6), (2, 6), (1, 6)].enumerated()
    let layers = grids.map { index, grid in
        let (side, padded) = (grid.0, (grid.0 + 7) / 8 * 8)
        return "reg\(index) \(side) \(side) \(4 * grid.1) \(side) \(padded) \(4 * grid.1) 0 128 0.06 0 255 0 "
            + "cls\(index) \(side) \(side) \(91 * grid.1) \(side) \(padded) \(91 * grid.1) 0 0 0.0039215 0 30 \(rare)"
    }
    let decoders = grids.map { index, grid in
        "reg\(index) cls\(index) \(grid.1) "
            + (0..<grid.1).map { "\(0.1 + 0.05 * Double($0)) \(0.3 - 0.03 * Double($0))" }.joined(separator: " ")
    }
    return HeadModel(
        "\(name) ssd 91 100 100 0.3 0.45 0 0 300 300 1 0 0 12 " + layers.joined(separator: " ") + " 6 10 5 "
            + decoders.joined(separator: " "))
}

private func best(_ rounds: Int, _ body: () -> Void) -> Double {
    body()
    var shortest = Double.infinity
    for _ in 0..<rounds {
        let start = DispatchTime.now().uptimeNanoseconds
        body()
        shortest = min(shortest, Double(DispatchTime.now().uptimeNanoseconds - start) / 1000)
    }
    return shortest
}

/// The same head for the plain loops.
private struct Plain {
    private var grids: [plain_grid] = []
    private var settings = plain_settings()
    private let anchors: [[Float]]
    private let isSsd: Bool

    init(_ head: HeadModel, _ op: PostOp, _ frames: [UnsafeMutableRawBufferPointer]) {
        func layer(_ name: Name) -> plain_layer {
            let index = op.inputs.firstIndex { $0.name == name } ?? 0
            let layer = op.inputs[index].layer
            return plain_layer(
                numbers: UnsafePointer(frames[index].bindMemory(to: UInt8.self).baseAddress),
                height: Int32(layer.shape.height), width: Int32(layer.shape.width),
                padded_width: Int32(layer.hardwareShape.width), features: Int32(layer.shape.features),
                zero_point: layer.quantization.zeroPoint, scale: layer.quantization.scale)
        }
        let image: PostOp.ImageSize
        switch op.kind {
        case .yolov8(let size, let pairs):
            (image, isSsd, anchors) = (size, false, [])
            grids = pairs.map {
                plain_grid(
                    boxes: layer($0.boxes), classes: layer($0.classes), stride: Float($0.stride), anchors: nil,
                    anchor_count: 0)
            }
        case .ssd(let ssd):
            (image, isSsd) = (ssd.image, true)
            anchors = ssd.decoders.map { decoder in
                zip(decoder.widths, decoder.heights).flatMap { [$0, $1] }
            }
            grids = ssd.decoders.enumerated().map { index, decoder in
                plain_grid(
                    boxes: layer(decoder.boxes), classes: layer(decoder.classes), stride: 0, anchors: nil,
                    anchor_count: Int32(decoder.widths.count))
            }
        default: fatalError("no plain loops for \(op.name)")
        }
        settings = plain_settings(
            classes: Int32(head.classes), background: isSsd ? 0 : -1, score_threshold: head.settings.scoreThreshold,
            iou_threshold: head.settings.overlapThreshold, image_height: image.height, image_width: image.width,
            max_per_class: Int32(head.settings.maximumPerClass))
    }

    func run(_ frame: UnsafeMutablePointer<Float>) -> Int {
        var grids = grids
        let memory = anchors.map { list in
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: list.count)
            memory.initialize(from: list, count: list.count)
            return memory
        }
        defer { for list in memory { list.deallocate() } }
        for index in memory.indices { grids[index].anchors = UnsafePointer(memory[index]) }
        return withUnsafePointer(to: settings) { settings in
            isSsd ? plain_ssd(grids, grids.count, settings, frame) : plain_yolov8(grids, grids.count, settings, frame)
        }
    }
}

@main
private enum Benchmark {
    static func main() throws {
        print("head                    bytes   boxes   frame us   x memcpy   plain C++ us   times faster")
        for head in [
            yolov8("YOLOv8n_few", rare: 20000), yolov8("YOLOv8n_many", rare: 40), ssd("SSD_few", rare: 20000),
            ssd("SSD_many", rare: 40),
        ] {
            try measure(head)
        }
    }

    static func measure(_ head: HeadModel) throws {
        let op = try head.op()
        let frames = head.frames(op)
        defer { for frame in frames { frame.deallocate() } }
        let processor = try PostProcessor.make(op, op.inputs.map { $0.layer }, head.format, head.settings)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: processor.frameSize, alignment: 64)
        let plainTarget = UnsafeMutablePointer<Float>.allocate(capacity: processor.frameSize)
        defer {
            target.deallocate()
            plainTarget.deallocate()
        }
        let ours = best(200) {
            try? processor.run({ UnsafeRawBufferPointer(frames[$0]) }, to: target)
        }
        let plain = Plain(head, op, frames)
        var boxes = 0
        let theirs = best(10) { boxes = plain.run(plainTarget) }
        let found = try DetectionReader(
            head.format.order, BoxShape(classes: UInt32(head.classes) - (head.kind == "ssd" ? 1 : 0)))
        var count = 0
        try found.read(UnsafeRawBufferPointer(target)) { _ in count += 1 }
        let bytes = frames.reduce(0) { $0 + $1.count }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
        defer { copy.deallocate() }
        let memcpy = best(200) {
            var offset = 0
            for frame in frames {
                UnsafeMutableRawBufferPointer(rebasing: copy[offset..<(offset + frame.count)])
                    .copyMemory(from: UnsafeRawBufferPointer(frame))
                offset += frame.count
            }
        }
        print(
            head.name.padding(toLength: 18, withPad: " ", startingAt: 0)
                + String(
                    format: "%11d %7d %10.1f %10.2f %14.1f %14.1f", bytes, count, ours, ours / memcpy, theirs,
                    theirs / ours)
                + (count == boxes ? "" : "   (plain loops find \(boxes))"))
    }
}
