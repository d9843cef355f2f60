import HailoBase
import Glibc
import HailoHEF
import HailoHEFWriter
import HailoPlanner

@testable import Hailo

// Reads each input of libFuzzer as a file, and again with lengths and checksum made right, so that the reader of the
// contents is reached as well. What is read is planned, and frames of any numbers pass through the host's part of it.
// scripts/fuzz builds and runs it.

/// libFuzzer as a function: SwiftPM wants the main function of an executable to be its own.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzz(
    _ argumentCount: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private func test(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: size))
    read(input)
    if let resigned = HefBuilder.resigned(input), resigned != input { read(resigned) }
    return 0
}

private func read(_ bytes: [UInt8]) {
    expectError { () throws(HailoError) in
        let model = try Model.load(bytes: bytes)
        // The report asks for everything that a model can be asked for.
        _ = model.file.report()
        for group in model.file.groups {
            for chip in [Chip.hailo8, .hailo8l] {
                expectError { () throws(HailoError) in try exchange(model, group.name, chip, numbers: bytes) }
            }
        }
    }
}

/// Whatever fails has to say so.
private func expectError(_ body: () throws(HailoError) -> Void) {
    do throws(HailoError) {
        try body()
    } catch {
        precondition(!error.message.isEmpty && error.status != .ok)
    }
}

/// Larger frames would take too long.
private let maximumBytes = 1 << 20

/// Plans how a group is set up, and converts a frame of each input and output. The file has numbers of all kinds.
private func exchange(
    _ model: Model, _ group: Name, _ chip: Chip, numbers: [UInt8]
) throws(HailoError) {
    var options = Session.Options()
    options.group = group.text
    let target = PlanTarget.typical(chip)
    let channels = try model.plan(for: target, options).channels
    var ports = try model.ports(group.text, for: target, channels).get()
    for order in [Order.automatic, .nmsByScore] {
        for port in ports.outputs where order != .automatic {
            guard let other = try? ports.choosing(port.name, isOutput: true, Format(.automatic, order)) else {
                continue
            }
            ports = other
        }
        let sizes = ports.inputs.map { $0.frameSize } + ports.outputs.map { $0.frameSize }
        guard (sizes + channels.map { Int($0.frameSize) }).allSatisfy({ $0 <= maximumBytes }) else { return }
        let memory = WorkingMemory()
        func frames(_ sizes: [Int]) -> [UnsafeMutableRawBufferPointer] {
            sizes.map { size in
                let frame = UnsafeMutableRawBufferPointer(rebasing: memory.reserve(bytes: size)[..<size])
                for index in frame.indices { frame[index] = numbers[numbers.count - 1 - index % numbers.count] }
                return frame
            }
        }
        let inputs = frames(ports.inputs.map { $0.frameSize })
        let outputs = frames(ports.outputs.map { $0.frameSize })
        let sent = frames(channels.filter { !$0.isOutput }.map { Int($0.frameSize) })
        let received = frames(channels.filter { $0.isOutput }.map { Int($0.frameSize) })
        try memory.check()
        expectError { () throws(HailoError) in
            try ports.send({ UnsafeRawBufferPointer(inputs[$0]) }) { stream, fill throws(HailoError) in
                try fill(sent[stream])
            }
        }
        try ports.receive({ outputs[$0] }) { UnsafeRawBufferPointer(received[$0]) }
        for (port, frame) in zip(ports.outputs, outputs) {
            guard let boxes = port.boxes else { continue }
            do throws(HailoError) {
                try Detection.read(UnsafeRawBufferPointer(frame), order: port.format.order.rawValue, boxes) {
                    _ in
                }
            } catch {
                fatalError("a frame of \(port.name) cannot be read: \(error.message)")
            }
        }
    }
}

private func run() -> CInt {
    let count = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
    count.pointee = CommandLine.argc
    let arguments = UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>.allocate(capacity: 1)
    arguments.pointee = CommandLine.unsafeArgv
    return fuzz(count, arguments, { test($0, $1) })
}

exit(run())
