internal import Base
internal import Firmware
internal import Hailo
internal import Planner

/// "hailoctl plan"
enum PlanCommand {
    private struct Request {
        let path: String
        let chip: PlanTarget.Chip
        let options: Session.Options
        let asJSON: Bool
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "plan") { () throws(UsageError) in try parse(words) }
        let plans = try CommandFailure.operation { () throws(HailoError) in
            let model = try Model.load(path: request.path)
            var plans: [Plan] = []
            for options in try SessionArguments.groups(of: model, request.options) {
                plans.append(try model.plan(for: .typical(request.chip), options))
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
            words, flags: ["--json"], options: ["--arch", "--layout"] + SessionArguments.names)
        return Request(
            path: try arguments.onlyFile(), chip: try chip(arguments),
            options: try SessionArguments.options(arguments), asJSON: arguments.has("--json"))
    }

    /// What most Hailo-8L chips have: clusters 0, 1, 4 and 5.
    private static let usualLayout: UInt32 = 0x33

    private static func chip(_ arguments: Arguments) throws(UsageError) -> PlanTarget.Chip {
        let layout = arguments.value("--layout")
        switch arguments.value("--arch") {
        case nil, "hailo8":
            guard layout == nil else { throw UsageError(message: "--layout is for --arch hailo8l") }
            return .hailo8
        case "hailo8l":
            guard let layout else { return .hailo8l(clusterLayout: usualLayout) }
            let digits = layout.hasPrefix("0x") ? layout.dropFirst(2) : layout[...]
            guard let bitmap = UInt32(digits, radix: layout.hasPrefix("0x") ? 16 : 10) else {
                throw UsageError(message: "--layout takes a bitmap of clusters such as 0x33, not \"\(layout)\"")
            }
            return .hailo8l(clusterLayout: bitmap)
        case .some(let name):
            throw UsageError(message: "--arch takes hailo8 or hailo8l, not \"\(name)\"")
        }
    }

    // MARK: Text

    private static func describe(_ plan: Plan) -> String {
        var sections = ["network group \(plan.group), batch size \(plan.smallestBatch)"]
        var channels = [["CHANNEL", "STREAM", "", "BYTES", "TRANSFERS", "QUEUE", "LIST", "BUFFER"]]
        for channel in plan.channels {
            channels.append([
                "\(channel.channel)", channel.stream.text, channel.isOutput ? "from chip" : "to chip",
                "\(channel.transferSize)", "\(channel.transfersPerFrame)", "\(channel.queueDepth)",
                "\(channel.list)", "\(channel.buffer)",
            ])
        }
        sections.append(Table(channels).text())
        var buffers = [["BUFFER", "FOR", "BYTES", ""]]
        for (index, buffer) in plan.memory.buffers.enumerated() {
            buffers.append(["\(index)", buffer.role.text, "\(buffer.size)", buffer.direction.name])
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
            let chunks = context.actions.chunks { $0 }
            let bytes = chunks.reduce(0) { $0 + $1.count }
            let head = "\(context.name): \(counted(bytes, "byte")) in \(counted(chunks.count, "message"))"
            sections.append(([head] + context.actions.entries.flatMap { describe($0) }).joined(separator: "\n"))
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

    private static func describe(_ entry: ActionList.Entry) -> [String] {
        switch entry {
        case .single(let action): ["  " + describe(action)]
        case .repeated(let actions):
            ["  \(ActionKind.repeated.name) \(actions.count) times"] + actions.map { "    " + describe($0) }
        }
    }

    private static func describe(_ action: ContextAction) -> String {
        var words = [action.kind.name]
        for (field, value) in zip(action.kind.fields, action.values) { words.append("\(field.name)=\(value)") }
        return words.joined(separator: " ")
    }
}
