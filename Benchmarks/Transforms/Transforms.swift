// Benchmark "transforms": how fast frames are converted between host and chip, against memcpy in the same run.
//
//     swift run -c release transforms-benchmark          a table
//     swift run -c release transforms-benchmark --csv    the same for Benchmarks/plot.py
//
// GB/s counts the bytes of the source and of the target. "x memcpy" compares with copying as many bytes as source and
// target have together, "x traffic" with a copy that reads and writes as many bytes as the conversion. Times are the best
// of many rounds: whatever disturbs makes them longer.

import HailoBase
import Foundation
import HailoTensors
import HailoFormats

private struct Case {
    let name: String
    let direction: Direction
    let source: TensorForm
    let target: TensorForm
    let quantizations: [Quantization]
    /// What its floating point numbers are; nil for a mixture of ordinary ones.
    var number: Float?

    init(
        _ name: String, _ direction: Direction, _ shape: (UInt32, UInt32, UInt32),
        from source: (NumberType, Order), to target: (NumberType, Order), padded: UInt32? = nil,
        perFeature: Bool = false,
        scale: Float = 0.498
    ) {
        func form(_ format: (NumberType, Order), isChip: Bool) -> TensorForm {
            TensorForm(Shape(shape.0, isChip ? padded ?? shape.1 : shape.1, shape.2), Format(format.0, format.1))
        }
        self.name = "\(name) \(shape.0)x\(shape.1)x\(shape.2)"
        self.direction = direction
        self.source = form(source, isChip: direction == .output)
        self.target = form(target, isChip: direction == .input)
        quantizations = (0..<(perFeature ? Int(shape.2) : 1)).map {
            Quantization(
                zeroPoint: scale == 1 ? 0 : 101 + Float($0), scale: scale, minimum: -50.5, maximum: 78.25)
        }
    }
}

private let image: (UInt32, UInt32, UInt32) = (640, 640, 3)
private let head: (UInt32, UInt32, UInt32) = (80, 80, 20)
private let wide: (UInt32, UInt32, UInt32) = (80, 80, 64)

/// Numbers that processors or conversions may be slow with.
private let oddNumbers: [(String, Float)] = [
    ("zero", 0), ("tiny", 1e-34), ("subnormal", 0x1p-133), ("huge", 1e30), ("infinite", .infinity), ("not a number", .nan),
]

private let oddCases = [Float(0.498), 1].flatMap { scale in
    oddNumbers.map { name, number in
        var entry = Case(
            "quantize f32 to u8, scale \(scale), \(name)", .input, head, from: (.float32, .nhwc), to: (.uint8, .nhwc),
            scale: scale)
        entry.number = number
        return entry
    }
}

private let cases = [
    Case("quantize f32 to u8", .input, image, from: (.float32, .nhwc), to: (.uint8, .nhwc)),
    Case("quantize f32 to u8, scale 1", .input, image, from: (.float32, .nhwc), to: (.uint8, .nhwc), scale: 1),
    Case("quantize f32 to u16", .input, image, from: (.float32, .nhwc), to: (.uint16, .nhwc)),
    Case("quantize f32 to u8, NHWC to NHCW", .input, image, from: (.float32, .nhwc), to: (.uint8, .nhcw)),
    Case("NHWC to NHCW u8", .input, image, from: (.uint8, .nhwc), to: (.uint8, .nhcw)),
    Case("NHWC to NHCW u8", .input, head, from: (.uint8, .nhwc), to: (.uint8, .nhcw)),
    Case("NHWC to NHCW u16", .input, head, from: (.uint16, .nhwc), to: (.uint16, .nhcw)),
    Case("NHWC to F8CR u8", .input, wide, from: (.uint8, .nhwc), to: (.uint8, .f8cr)),
    Case("rows filled up u8", .input, image, from: (.uint8, .nhwc), to: (.uint8, .nhwc), padded: 648),
    Case("widen u8 to u16", .input, head, from: (.uint8, .nhwc), to: (.uint16, .nhwc)),
    Case("dequantize u8 to f32", .output, head, from: (.uint8, .nhwc), to: (.float32, .nhwc)),
    Case("dequantize u16 to f32", .output, head, from: (.uint16, .nhwc), to: (.float32, .nhwc)),
    Case(
        "dequantize u8, per feature", .output, head, from: (.uint8, .nhwc), to: (.float32, .nhwc), perFeature: true),
    Case("NHCW to NHWC u8", .output, head, from: (.uint8, .nhcw), to: (.uint8, .nhwc)),
    Case("NHCW to NHWC u16", .output, head, from: (.uint16, .nhcw), to: (.uint16, .nhwc)),
    Case("NHCW to NHWC and dequantize u8", .output, head, from: (.uint8, .nhcw), to: (.float32, .nhwc)),
    Case("NHCW to NHWC and dequantize u16", .output, head, from: (.uint16, .nhcw), to: (.float32, .nhwc)),
    Case("NHCW to NCHW and dequantize u8", .output, head, from: (.uint8, .nhcw), to: (.float32, .nchw)),
    Case("NHCW to NCHW u8", .output, wide, from: (.uint8, .nhcw), to: (.uint8, .nchw)),
    Case("F8CR to NHWC u8", .output, wide, from: (.uint8, .f8cr), to: (.uint8, .nhwc)),
]

private func best(_ body: () -> Void) -> Double {
    body()
    var shortest = Double.infinity
    for _ in 0..<300 {
        let start = DispatchTime.now().uptimeNanoseconds
        body()
        shortest = min(shortest, Double(DispatchTime.now().uptimeNanoseconds - start))
    }
    return shortest
}

private func memory(_ count: Int) -> UnsafeMutableRawBufferPointer {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index &* 37) }
    return buffer
}

private func copyTime(_ count: Int) -> Double {
    let (source, target) = (memory(count), memory(count))
    defer { for buffer in [source, target] { buffer.deallocate() } }
    return best { target.copyMemory(from: UnsafeRawBufferPointer(source)) }
}

@main
private enum Benchmark {
    static func main() throws {
        let isTable = !CommandLine.arguments.contains("--csv")
        let columns = ["us", "GB/s", "x memcpy", "x traffic"]
        print(
            isTable
                ? "conversion".padding(toLength: 48, withPad: " ", startingAt: 0)
                    + columns.map { String(repeating: " ", count: 11 - $0.count) + $0 }.joined()
                : (["conversion"] + columns).joined(separator: ","))
        for entry in cases + oddCases {
            let transform = try FrameTransform(
                entry.direction, from: entry.source, to: entry.target, entry.quantizations)
            let (source, target) = (memory(transform.sourceSize), memory(transform.targetSize))
            let scratch = memory(transform.scratchSize)
            if entry.source.format.type == .float32 {
                let numbers = source.bindMemory(to: Float.self)
                for index in numbers.indices { numbers[index] = entry.number ?? Float(index % 1000) * 0.15 - 60 }
            }
            let time = best { try? transform.run(UnsafeRawBufferPointer(source), to: target, scratch: scratch) }
            let bytes = source.count + target.count
            let figures = [
                time / 1000, Double(bytes) / time, time / copyTime(bytes), time / copyTime(bytes / 2),
            ]
            print(
                isTable
                    ? entry.name.padding(toLength: 48, withPad: " ", startingAt: 0)
                        + figures.map { String(format: "%11.2f", $0) }.joined()
                    : "\"\(entry.name)\"," + figures.map { String(format: "%.3f", $0) }.joined(separator: ","))
            for buffer in [source, target, scratch] { buffer.deallocate() }
        }
    }
}
