package import HailoBase
internal import HailoFormats
internal import HailoFirmware

/// A plan as JSON: what is mapped, created, programmed and sent, with descriptor lists named by their numbers.
extension Plan {
    package func report(into json: inout JSONWriter) {
        json.string("group", group.text)
        json.number("batch_size", smallestBatch)
        json.array("channels") { list in
            for channel in channels { list.object { Plan.write(channel, into: &$0) } }
        }
        json.array("buffers") { list in
            for buffer in memory.buffers {
                list.object { entry in
                    entry.string("role", buffer.role.text)
                    entry.number("size", buffer.size)
                    entry.string("direction", buffer.directionText)
                }
            }
        }
        json.array("lists") { list in
            for descriptors in memory.lists {
                list.object { entry in
                    entry.number("descriptors", descriptors.count)
                    entry.number("page_size", descriptors.pageSize)
                    entry.boolean("circular", descriptors.isCircular)
                }
            }
        }
        json.array("steps") { list in
            for step in memory.steps { list.object { Plan.write(step, into: &$0) } }
        }
        json.string("header", header.bytes(for: firmware).hexadecimal)
        json.array("contexts") { list in
            for context in contexts { list.object { write(context, into: &$0) } }
        }
    }

    private static func write(_ channel: BoundaryChannel, into json: inout JSONWriter) {
        json.string("stream", channel.stream.text)
        json.string("direction", channel.direction.name)
        json.number("channel", channel.channel)
        json.number("list", channel.list)
        json.number("buffer", channel.buffer)
        json.number("transfer_size", channel.transferSize)
        json.number("transfers_per_frame", channel.transfersPerFrame)
        json.number("queue_depth", channel.queueDepth)
    }

    private static func write(_ step: MemoryPlan.Step, into json: inout JSONWriter) {
        switch step {
        case .mapBuffer(let index): json.number("map", index)
        case .createList(let index): json.number("create", index)
        case .releaseList(let index): json.number("release", index)
        case .program(let program):
            json.number("program", program.list)
            json.number("buffer", program.buffer)
            json.number("size", program.size)
            json.number("offset", program.offset)
            json.number("batch", program.batch)
            json.number("channel", program.channel)
            json.number("first_descriptor", program.firstDescriptor)
            json.boolean("bind", program.binds)
            json.boolean("device_interrupt", program.interruptsDevice)
            json.number("stride", program.stride)
        case .write(let pieces, let buffer, let offset):
            json.number("write", buffer)
            json.number("offset", offset)
            json.array("pieces") { list in
                for piece in pieces {
                    list.array { range in
                        range.number(nil, piece.offset)
                        range.number(nil, piece.size)
                    }
                }
            }
        }
    }

    private func write(_ context: PlannedContext, into json: inout JSONWriter) {
        json.string("name", context.name)
        json.array("bytes") { list in
            for chunk in context.actions.chunks(for: firmware, address: { $0 }) { list.number(nil, chunk.count) }
        }
        json.array("actions") { list in
            for entry in context.actions.entries {
                switch entry {
                case .single(let action):
                    list.object { $0.action(action, for: firmware) }
                case .repeated(let actions):
                    list.object { object in
                        object.string("action", ActionKind.repeated.name)
                        object.array("actions") { parts in
                            for action in actions { parts.object { $0.action(action, for: firmware) } }
                        }
                    }
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func action(_ action: ContextAction, for firmware: FirmwareInterface) {
        string("action", action.kind.name)
        for field in action.kind.fields(for: firmware) { number(field.name, action[field] ?? 0) }
    }
}
