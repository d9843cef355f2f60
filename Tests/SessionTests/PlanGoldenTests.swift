import HailoBase
import HailoFirmware
import Hailo
import HailoPlanner
import Testing

/// What is decided without a device, held to recorded traces of the vendor's library.
@Suite struct PlanGoldenTests {
    /// Digests of the steps and messages of plans that nothing recorded can be compared with.
    private static let ownPlans = [
        "bad_name_long": "ef5bcdabbd4a4894f9e37b835327ce32",
        "bad_nf_logits_fcr": "c00b7668d840e4e3dfa6e604471ffa9f",
        "bad_nms_defused_no_fused": "8174cfb9a07494d350dbf821bff3c67f",
        // It has no groups, so that there is nothing to plan.
        "bad_no_groups": MD5.digest([]).hexadecimal,
        "bad_sorted_other": "ef5bcdabbd4a4894f9e37b835327ce32",
        "cfg_shared_v3": "795b678291a137a6c5c6c488a1009ceb",
    ]

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
        guard let groups = golden.groups else {
            // The vendor's library crashes here. That a device takes the plan is tested with the others in
            // `EmulatedConfigurationTests`; this notices that it changes.
            let lines = plans.flatMap { plan in
                plan.memory.steps.map { PlanText.text($0, plan.memory) }
                    + plan.controls(address: { $0 }).map { PlanText.text($0) }
            }
            let digest = MD5.digest(Array(lines.joined(separator: "\n").utf8)).hexadecimal
            #expect(digest == PlanGoldenTests.ownPlans[golden.name])
            return
        }
        try #require(plans.count == groups.count)
        for (plan, group) in zip(plans, groups) {
            #expect(plan.memory.steps.map { PlanText.text($0, plan.memory) } == group.steps)
            #expect(plan.controls(address: { $0 }).map { PlanText.text($0) } == group.controls)
        }
    }

    @Test(arguments: PlanGolden.refusedOnes)
    func refusals(golden: PlanGolden) throws {
        let error = try #require(#expect(throws: HailoError.self) { _ = try plans(golden) })
        #expect("\(error.status.name) \(error.message)" == PlanGolden.refusals[golden.name])
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
}
