import Hailo
import HailoBase
import HailoFormats
import HailoHEF
import HailoHEFWriter
import HailoPlanner
import HailoPostProcess
import LibFuzzer

@testable import HailoRuntime

// Reads each input of libFuzzer as a file, and again with lengths and checksum made right, so that the reader of the
// contents is reached as well. What is read is planned, and frames of any numbers pass through the host's part of it.
// scripts/fuzz builds and runs it.

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
    let plan = try model.plan(for: target, options)
    let channels = plan.channels
    var ports = try HostPorts.make(plan)
    for order in [Order.automatic, .nmsByScore] {
        for port in ports.outputs where order != .automatic {
            guard let other = try? ports.choosing(Format(.automatic, order), of: .output, named: port.name) else {
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
        let sent = frames(channels.filter { $0.direction == .input }.map { Int($0.frameSize) })
        let received = frames(channels.filter { $0.direction == .output }.map { Int($0.frameSize) })
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
                try DetectionReader(port.format.order, boxes).read(UnsafeRawBufferPointer(frame)) { _ in }
            } catch {
                fatalError("a frame of \(port.name) cannot be read: \(error.message)")
            }
        }
    }
}

LibFuzzer.run { input in
    read(input)
    if let resigned = HefBuilder.resigned(input), resigned != input { read(resigned) }
}
