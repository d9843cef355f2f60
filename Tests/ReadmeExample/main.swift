import Foundation
import Hailo

let device = try Device.open("emulator")
print(try device.info.productName, try device.temperature().sensor0)
let session = try device.configure(try Model.load(path: CommandLine.arguments[1]))
try session.setFormats(type: .float32, of: .input)
try session.setFormats(type: .float32, of: .output)
for port in try session.inputs + session.outputs { print(port.direction.name, port.name, port.frameSize) }
try session.activate()

// Pictures of 8 x 8 pixels, one behind the other, in the file's numbers; the model wants brightness from 0 to 1.
let scale = try session.inputs[0].quantization.scale
let pixels = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[2])).map { Float($0) * scale }
let pictures = stride(from: 0, to: pixels.count, by: 64).map { [Array(pixels[$0..<($0 + 64)])] }

// One picture, without blocking a thread.
func classify(_ picture: [[Float]], with session: Session) async throws -> [[Float]] {
    try await session.run(picture, as: Float.self)
}
print(try session.outputs.map { $0.name }, try await classify(pictures[0], with: session))

// All of them, several in flight at a time, with results in order.
let camera = AsyncStream { continuation in
    for picture in pictures { continuation.yield(picture) }
    continuation.finish()
}
let digit = try session.outputs.firstIndex { $0.name == "digits/digit" } ?? 0
for try await outputs in session.frames(of: camera, as: Float.self, limit: 8) { print(Int(outputs[digit][0])) }
