import HailoBase
import HailoDriver
import HailoEmulator
import HailoFirmware
import HailoPlanner
import Testing

@testable import Hailo
@testable import HailoRuntime

/// What the emulated firmware makes of network groups that are told wrongly: right messages with one thing changed.
@Suite struct ContextSwitchTests {
    /// A plan whose memory is set up, so that its messages are right as they are.
    private final class Bench {
        let device: Device
        let plan: Plan
        let memory: GroupMemory

        init(_ name: String) throws {
            let board = "emulator,board=bench-\(UInt64.random(in: 0...UInt64.max))"
            device = try Device.open(board)
            let model = try Model.load(path: PlanGolden.path(of: name))
            plan = try model.plan(for: try device.planTarget(), Session.Options())
            memory = try GroupMemory.build(plan.memory, on: device.dma, device.caches) {
                pieces, target, offset throws(HailoError) in try model.copy(pieces, to: target, at: offset)
            }
        }

        var messages: [ControlRequest] { plan.controls { memory.address($0) } }

        /// The status that the firmware answers with; nil if it stays silent.
        func send(_ request: ControlRequest) throws -> UInt32? {
            do throws(HailoError) {
                let message = request.bytes
                let answer = try DriverCalls(device.driver).control(
                    message, digest: MD5.digest(message), processor: request.opcode.processor.rawValue, timeout: 5,
                    describing: request.opcode.name)
                return ControlResponse.status(of: answer.bytes)?.major.rawValue
            } catch {
                return error.status == .timeout ? nil : 1
            }
        }

        func prepare() throws {
            #expect(try send(.resetContextSwitch) == 0)
            #expect(try send(.clearConfiguredApplications) == 0)
            #expect(try send(HardwareConstants.request) == 0)
        }

        /// Sends all messages with the actions of one context changed; returns the first status that is no success.
        func send(
            _ type: ContextType, _ change: ([ContextAction]) -> [ContextAction]
        ) throws -> UInt32? {
            try prepare()
            #expect(try send(messages[0]) == 0)
            var changed = false
            for context in plan.contexts {
                var actions = Array(context.actions)
                if context.type == type, !changed {
                    actions = change(actions)
                    changed = true
                }
                let list = ActionList(plain: actions)
                let chunks = list.chunks(for: plan.firmware) { self.memory.address($0) }
                for (index, chunk) in chunks.enumerated() {
                    let status = try send(
                        .contextInfo(
                            context.type, isFirst: index == 0, isLast: index == chunks.count - 1, actions: chunk))
                    if status != 0 { return status }
                }
            }
            return try send(.enable(application: 0, batchSize: 0, batchCount: 0))
        }

        func send(
            _ type: ContextType, _ kind: ActionKind, _ field: ActionField, _ value: UInt64
        ) throws -> UInt32? {
            try send(type) { actions in
                guard let index = actions.firstIndex(where: { $0.kind == kind }) else {
                    Issue.record("no \(kind.name)")
                    return actions
                }
                var actions = actions
                actions[index] = actions[index].with(field, value)
                return actions
            }
        }
    }

    @Test(arguments: ["mc2", "ddr_mc2", "cache_mc2", "act_dynamic_all"])
    func rightMessagesAreTaken(name: String) throws {
        #expect(try Bench(name).send(.dynamic) { $0 } == 0)
    }

    @Test func theOrderCounts() throws {
        let bench = try Bench("mc2")
        let messages = bench.messages
        // Firmware that did not forget, or was not asked, falls silent.
        #expect(try bench.send(messages[0]) == nil)
        #expect(try bench.send(.clearConfiguredApplications) == 0)
        #expect(try bench.send(messages[0]) == nil)
        #expect(try bench.send(messages[1]) == 0x4013_0006)
        #expect(try bench.send(HardwareConstants.request) == 0)
        #expect(try bench.send(messages[0]) == 0)
        #expect(try bench.send(messages[0]) == 0x4013_006e)
        #expect(try bench.send(messages[2]) == 0x4013_006e)
        #expect(try bench.send(messages[1]) == 0)
        #expect(try bench.send(.enable(application: 0, batchSize: 0, batchCount: 0)) == 0x4013_0036)
        for message in messages.dropFirst(2) { #expect(try bench.send(message) == 0) }
        #expect(try bench.send(messages[5]) == 0x4013_0007)
        #expect(try bench.send(.enable(application: 1, batchSize: 0, batchCount: 0)) == 0x4013_0037)
        #expect(try bench.send(.enable(application: 0, batchSize: 2, batchCount: 0)) == 0x4013_003f)
        #expect(try bench.send(.enable(application: 0, batchSize: 1, batchCount: 0)) == 0)
        #expect(try bench.send(messages[0]) == 0x4013_0056)
        #expect(try bench.send(messages[1]) == 0x4013_0056)
        #expect(try bench.send(.clearConfiguredApplications) == 0x4013_006c)
        #expect(try bench.send(.resetContextSwitch) == 0)
        #expect(try bench.send(.clearConfiguredApplications) == 0)
    }

    @Test func lengthsAndCounts() throws {
        let bench = try Bench("min_v2")
        try bench.prepare()
        let header = bench.messages[0].parameters[0]
        let wrong: [(ControlOpcode, [[UInt8]], UInt32)] = [
            (.setNetworkGroupHeader, [], 0x4003_0012),
            (.setNetworkGroupHeader, [Array(header.dropLast())], 0x4003_0060),
            (.setContextInfo, [[1], [1], [3]], 0x4003_0012),
            (.changeContextSwitchStatus, [[0], [255], [0, 0]], 0x4003_0012),
            (.changeContextSwitchStatus, [[], [255], [0, 0], [0, 0]], 0x4003_006b),
            (.changeContextSwitchStatus, [[0], [], [0, 0], [0, 0]], 0x4003_0082),
            (.changeContextSwitchStatus, [[0], [255], [0], [0, 0]], 0x4003_00c0),
            (.changeContextSwitchStatus, [[0], [255], [0, 0], [0]], 0x4003_00cb),
            (.changeContextSwitchStatus, [[2], [0], [0, 0], [0, 0]], 0x4013_0019),
            (.changeContextSwitchStatus, [[7], [0], [0, 0], [0, 0]], 0x4013_0019),
            (.clearConfiguredApps, [[0]], 0x4003_0012),
            (.getHardwareConstants, [[0]], 0x4003_0012),
        ]
        for (opcode, parameters, status) in wrong {
            #expect(try bench.send(ControlRequest(opcode, parameters)) == status, "\(opcode.name) \(parameters)")
        }
        var wrongBytes: [(Int, UInt8, UInt32)] = [
            (0, 0, 0x4013_006f), (1, 8, 0x4013_0015), (6, 0, 0x4013_005b), (6, 9, 0x4013_005b), (8, 3, 0x402b_000b),
            (9, 0, 0x4013_003f),
        ]
        switch bench.plan.firmware.generation {
        case .first: wrongBytes += [(11, 1, 0x4013_003f), (24, 1, 0x4013_003f)]
        case .second: wrongBytes += [(27, 5, 0x4013_0065), (28, 16, 0x4003_00c2), (29, 0, 0x4003_00c2)]
        }
        for (offset, value, status) in wrongBytes {
            var bytes = header
            bytes[offset] = value
            if offset == 8 { bytes[7] = 1 }
            #expect(try bench.send(ControlRequest(.setNetworkGroupHeader, [bytes])) == status, "byte \(offset)")
        }
        #expect(try bench.send(bench.messages[0]) == 0)
        for (parameters, status) in [
            ([[], [1], [3], [1]], 0x4003_0091), ([[1], [], [3], [1]], 0x4003_0092), ([[1], [1], [], [1]], 0x4003_00c4),
            ([[1], [1], [4], [1]], 0x4013_006d), ([[1], [1], [3], []], 0x4013_0004),
            ([[0], [1], [3], [1]], 0x4013_006e),
        ] as [([[UInt8]], UInt32)] {
            #expect(try bench.send(ControlRequest(.setContextInfo, parameters)) == status, "\(parameters)")
        }
        #expect(
            try bench.send(.contextInfo(.activation, isFirst: true, isLast: true, actions: [30, 255])) == 0x4013_0016)
    }

    @Test(arguments: [
        (ContextType.activation, ActionKind.openBoundaryOutput, ActionField.channel, 5, 0x402d_001b),
        (.activation, .openBoundaryOutput, .channel, 0x30, 0x402d_001b),
        (.activation, .openBoundaryInput, .channel, 17, 0x402d_0001),
        (.activation, .openBoundaryInput, .bytesInPattern, 0, 0x402d_000c),
        (.activation, .openBoundaryOutput, .bytesInPattern, 0, 0x402d_000d),
        (.activation, .openBoundaryOutput, .bytesInPattern, 0x10_0000, 0x402d_001a),
        (.activation, .openBoundaryInput, .pageSize, 256, 0x4013_0054),
        (.activation, .openBoundaryInput, .pageSize, 100, 0x402d_0014),
        (.activation, .openBoundaryInput, .descriptorCount, 64, 0x4013_0055),
        (.activation, .openBoundaryInput, .descriptorCount, 0, 0x402d_0012),
        (.activation, .openBoundaryInput, .bufferType, 1, 0x402d_0016),
        (.activation, .openBoundaryInput, .bufferType, 2, 0x4013_0066),
        (.activation, .openBoundaryInput, .frameSize, 100, 0x4013_0033),
        (.activation, .openBoundaryInput, .network, 1, 0x4013_005b),
        (.batchSwitching, .changeBoundaryInputBatch, .channel, 9, 0x4013_001e),
        (.preliminary, .activateConfigurationChannel, .configurationStream, 1, 0x4013_0069),
        (.preliminary, .fetchConfiguration, .fetchedDescriptors, 0, 0x4013_0035),
        (.preliminary, .fetchConfiguration, .fetchedDescriptors, 500, 0x4013_0034),
        (.preliminary, .fetchConfiguration, .channel, 7, 0x402d_0006),
        (.preliminary, .triggerSequencer, .cluster, 8, 0x4036_0001),
        (.dynamic, .deactivateConfigurationChannel, .channel, 7, 0x4013_001e),
        (.dynamic, .activateBoundaryInput, .stream, 40, 0x4032_0006),
        (.dynamic, .activateBoundaryInput, .channel, 9, 0x4013_001e),
        (.dynamic, .activateBoundaryInput, .peripheryBytesPerBuffer, 12, 0x4013_0026),
        (.dynamic, .activateBoundaryInput, .peripheryBuffersPerFrame, 0, 0x4013_0030),
        (.dynamic, .activateBoundaryInput, .peripheryBuffersPerFrame, 2, 0x4022_0001),
        (.dynamic, .activateBoundaryInput, .initialCredit, 0, 0x402d_0019),
        (.dynamic, .fetchData, .stream, 9, 0x4032_0006),
        (.dynamic, .fetchData, .creditType, 3, 0x4032_0007),
        (.dynamic, .fetchData, .frameSize, 0, 0x4013_0027),
        (.dynamic, .waitForOutputTransfer, .stream, 9, 0x4013_0025),
        (.dynamic, .mapChannelToStream, .channel, 9, 0x4013_001e),
        (.dynamic, .deactivateChannel, .channel, 20, 0x4013_001e),
        (.dynamic, .deactivateChannel, .direction, 1, 0x402d_001e),
    ])
    func oneWrongField(
        type: ContextType, kind: ActionKind, field: ActionField, value: UInt64, status: UInt32
    ) throws {
        #expect(try Bench("mc2").send(type, kind, field, value) == status)
    }

    @Test func actionsInTheWrongPlace() throws {
        let bench = try Bench("mc2")
        #expect(try bench.send(.dynamic) { $0.filter { $0.kind != .activateBoundaryInput } } == 0x4013_0025)
        #expect(try bench.send(.dynamic) { $0.filter { $0.kind != .deactivateConfigurationChannel } } == 0x4013_0035)
        #expect(try bench.send(.dynamic) { $0.filter { $0.kind != .activateConfigurationChannel } } == 0x402d_0006)
        #expect(try bench.send(.dynamic) { $0 + $0.filter { $0.kind == .activateBoundaryInput } } == 0x4013_0028)
        #expect(try bench.send(.activation) { $0 + $0.filter { $0.kind == .openBoundaryInput } } == 0x4013_0032)
        let validation = ContextAction(.validateChannel).with(.direction, 1).with(.initialCredit, 1)
        #expect(try bench.send(.preliminary) { [validation] + $0 } == 0x4013_0063)
        #expect(try bench.send(.preliminary) { [ContextAction(.fetchBursts)] + $0 } == 0x402a_0001)
        #expect(try bench.send(.preliminary) { $0 + [ContextAction(.startDDRBuffering)] } == 0x4025_0003)
    }
}
