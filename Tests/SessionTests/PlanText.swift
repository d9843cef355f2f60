import HailoBase
import HailoFirmware
import HailoFormats
import HailoPlanner

/// Plans in the words of Fixtures/plans.py.
enum PlanText {
    /// The steps with one program for each transfer of a batch, as drivers up to 4.20 are called.
    static func unrolled(_ plan: Plan) -> [String] {
        plan.memory.steps.flatMap { step -> [String] in
            guard case .program(let program) = step, program.batch > 1 else { return [text(step, plan.memory)] }
            let page = Int(plan.memory.lists[program.list].pageSize)
            let descriptors = (program.size + page - 1) / page
            return (0..<Int(program.batch)).map { number in
                var part = program
                part.batch = 1
                part.offset += number * descriptors * page
                part.firstDescriptor += UInt32(number * descriptors)
                part.interruptsDevice = program.interruptsDevice && number == Int(program.batch) - 1
                return text(.program(part), plan.memory)
            }
        }
    }

    static func text(_ step: MemoryPlan.Step, _ memory: MemoryPlan) -> String {
        switch step {
        case .mapBuffer(let index):
            let buffer = memory.buffers[index]
            return "M \(buffer.size) \(code(of: buffer.direction))"
        case .createList(let index):
            let list = memory.lists[index]
            return "C \(list.count) \(list.pageSize) \(list.isCircular ? 1 : 0)"
        case .releaseList(let index):
            return "R \(index)"
        case .program(let program):
            let numbers: [Int] = [
                program.list, program.buffer, program.size, program.offset, Int(program.batch), Int(program.channel),
                Int(program.firstDescriptor), program.binds ? 1 : 0, program.interruptsDevice ? 1 : 0,
                Int(program.stride),
            ]
            return "P " + numbers.map { "\($0)" }.joined(separator: " ")
        case .write(let pieces, let buffer, let offset):
            return "S \(buffer) \(offset) \(pieces.reduce(0) { $0 + $1.size })"
        }
    }

    /// The driver's number.
    private static func code(of direction: Direction?) -> Int {
        switch direction {
        case nil: 0
        case .input: 1
        case .output: 2
        }
    }

    static func text(_ request: ControlRequest) -> String {
        guard request.opcode == .setContextInfo else { return request.parameters[0].hexadecimal }
        let flags = [2, 0, 1].map { "\(request.parameters[$0][0])" }.joined()
        return flags + " " + request.parameters[3].hexadecimal
    }
}
