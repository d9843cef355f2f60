internal import HailoBase
internal import HailoFormats
internal import HailoFirmware
internal import Hailo
internal import HailoPlanner

/// "hailoctl plan"
enum PlanCommand {
    private struct Request {
        let path: String
        let target: PlanTarget
        let options: Session.Options
        let asJSON: Bool
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "plan") { () throws(UsageError) in try parse(words) }
        let plans = try CommandFailure.operation { () throws(HailoError) in
            let model = try Model.load(path: request.path)
            var plans: [Plan] = []
            for options in try SessionArguments.groups(of: model, request.options) {
                plans.append(try model.plan(for: request.target, options))
            }
            return plans
        }
        if request.asJSON {
            var json = JSONWriter()
            json.object { object in
                object.array("plans") { list in
                    for plan in plans { list.object { plan.report(into: &$0) } }
                }
            }
            Output.answer(json.text)
        } else {
            Output.answer(plans.map { describe($0) }.joined(separator: "\n\n"))
        }
    }

    private static func parse(_ words: ArraySlice<String>) throws(UsageError) -> Request {
        let arguments = try Arguments(
            words, flags: ["--json"], options: ["--arch", "--layout", "--firmware"] + SessionArguments.names)
        return Request(
            path: try arguments.onlyFile(), target: try target(arguments),
            options: try SessionArguments.options(arguments), asJSON: arguments.has("--json"))
    }

    private static func target(_ arguments: Arguments) throws(UsageError) -> PlanTarget {
        let layout = arguments.value("--layout")
        let firmware = try firmware(arguments.value("--firmware"))
        switch arguments.value("--arch") {
        case nil, "hailo8":
            guard layout == nil else { throw UsageError(message: "--layout is for --arch hailo8l") }
            return .typical(.hailo8, firmware: firmware)
        case "hailo8l":
            guard let layout else { return .typical(.hailo8l, firmware: firmware) }
            let digits = layout.hasPrefix("0x") ? layout.dropFirst(2) : layout[...]
            guard let bitmap = UInt32(digits, radix: layout.hasPrefix("0x") ? 16 : 10) else {
                throw UsageError(message: "--layout takes a bitmap of clusters such as 0x33, not \"\(layout)\"")
            }
            return .typical(.hailo8l, clusterLayout: bitmap, firmware: firmware)
        case .some(let name):
            throw UsageError(message: "--arch takes hailo8 or hailo8l, not \"\(name)\"")
        }
    }

    private static func firmware(_ text: String?) throws(UsageError) -> FirmwareInterface {
        guard let text else { return .newest }
        guard let version = Version(text), FirmwareVersionPolicy.supports(version) else {
            throw UsageError(
                message: "--firmware takes a version, \(FirmwareVersionPolicy.supportedText), not \"\(text)\"")
        }
        return FirmwareInterface(of: version)
    }

    // MARK: Text

    private static func describe(_ plan: Plan) -> String {
        var sections = ["network group \(plan.group), batch size \(plan.smallestBatch)"]
        var channels = [["CHANNEL", "STREAM", "", "BYTES", "TRANSFERS", "QUEUE", "LIST", "BUFFER"]]
        for channel in plan.channels {
            channels.append([
                "\(channel.channel)", channel.stream.text, channel.direction == .output ? "from chip" : "to chip",
                "\(channel.transferSize)", "\(channel.transfersPerFrame)", "\(channel.queueDepth)",
                "\(channel.list)", "\(channel.buffer)",
            ])
        }
        sections.append(Table(channels).text())
        var buffers = [["BUFFER", "FOR", "BYTES", ""]]
        for (index, buffer) in plan.memory.buffers.enumerated() {
            buffers.append(["\(index)", buffer.role.text, "\(buffer.size)", buffer.directionText])
        }
        sections.append(Table(buffers).text())
        var lists = [["LIST", "DESCRIPTORS", "PAGE", "", "POINTS TO"]]
        for (index, list) in plan.memory.lists.enumerated() {
            lists.append([
                "\(index)", "\(list.count)", "\(list.pageSize)", list.isCircular ? "circular" : "",
                target(of: index, plan.memory),
            ])
        }
        sections.append(Table(lists).text())
        for context in plan.contexts {
            let chunks = context.actions.chunks(for: plan.firmware) { $0 }
            let bytes = chunks.reduce(0) { $0 + $1.count }
            let head = "\(context.name): \(counted(bytes, "byte")) in \(counted(chunks.count, "message"))"
            sections.append(
                ([head] + context.actions.entries.flatMap { describe($0, plan.firmware) }).joined(separator: "\n"))
        }
        return sections.joined(separator: "\n\n")
    }

    /// The buffer that a list is bound to.
    private static func target(of list: Int, _ memory: MemoryPlan) -> String {
        for case .program(let program) in memory.steps where program.list == list && program.binds {
            return "buffer \(program.buffer)" + (program.offset > 0 ? " at \(program.offset)" : "")
        }
        return ""
    }

    private static func describe(_ entry: ActionList.Entry, _ firmware: FirmwareInterface) -> [String] {
        switch entry {
        case .single(let action): ["  " + describe(action, firmware)]
        case .repeated(let actions):
            ["  \(ActionKind.repeated.name) \(actions.count) times"] + actions.map { "    " + describe($0, firmware) }
        }
    }

    private static func describe(_ action: ContextAction, _ firmware: FirmwareInterface) -> String {
        var words = [action.kind.name]
        for field in action.kind.fields(for: firmware) { words.append("\(field.name)=\(action[field] ?? 0)") }
        return words.joined(separator: " ")
    }
}
