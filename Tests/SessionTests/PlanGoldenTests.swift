import HailoBase
import HailoFirmware
import Hailo
import HailoPlanner
import Testing

/// What is decided without a device, held to recorded traces of the vendor's library.
@Suite struct PlanGoldenTests {
    @Test func theGoldensAreThere() {
        #expect(PlanGolden.all.count == 171)
        #expect(PlanGolden.accepted.compactMap { $0.groups }.count > 130)
    }

    private func plans(_ golden: PlanGolden) throws -> [Plan] {
        let model = try golden.load()
        let target = PlanTarget.typical(golden.hailo8l ? .hailo8l : .hailo8)
        return try golden.options(for: model).map { try model.plan(for: target, $0) }
    }

    @Test(arguments: PlanGolden.accepted)
    func stepsAndMessages(golden: PlanGolden) throws {
        let plans = try plans(golden)
        // Where the vendor's library crashes, it is enough to have a plan.
        guard let groups = golden.groups else { return }
        try #require(plans.count == groups.count)
        for (plan, group) in zip(plans, groups) {
            #expect(plan.memory.steps.map { text($0, plan.memory) } == group.steps)
            #expect(plan.controls(address: { $0 }).map { text($0) } == group.controls)
        }
    }

    @Test(arguments: PlanGolden.refusedOnes)
    func refusals(golden: PlanGolden) throws {
        let error = #expect(throws: HailoError.self) { _ = try plans(golden) }
        let message = try #require(error).message
        #expect(message.count > 30, "\(message)")
    }

    /// Files that no corpus has, found by comparing mutated files with a model of the vendor's library.
    @Test(arguments: [
        ("output_named_like_plane", "layer \"pl/input_layer1/y\": another stream at the host has this name"),
        ("boxes_between_contexts", "boxes do not travel inside the model"),
        ("empty_preliminary", "the firmware takes no empty context"),
    ])
    func furtherRefusals(name: String, text: String) throws {
        let model = try Model.load(path: PlanGolden.path(of: name, in: "unplannable"))
        let error = #expect(throws: HailoError.self) {
            _ = try model.plan(for: .typical(.hailo8), Session.Options())
        }
        #expect(error?.status == .hefInvalid)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    private func text(_ step: MemoryPlan.Step, _ memory: MemoryPlan) -> String {
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
    private func code(of direction: Direction?) -> Int {
        switch direction {
        case nil: 0
        case .input: 1
        case .output: 2
        }
    }

    private func text(_ request: ControlRequest) -> String {
        guard request.opcode == .setContextInfo else { return request.parameters[0].hexadecimal }
        let flags = [2, 0, 1].map { "\(request.parameters[$0][0])" }.joined()
        return flags + " " + request.parameters[3].hexadecimal
    }
}
