package import HailoBase
package import HailoFormats

/// Buffers, descriptor lists and what is done with them, in order.
package struct MemoryPlan: Equatable, Sendable {
    package enum BufferRole: Equatable, Sendable {
        case configuration(stream: UInt8, context: String)
        /// What waits between contexts and between parts of one.
        case intermediate
        /// Shared by all groups on the device.
        case cache(id: UInt32)
        case ring(channel: UInt8)

        package var text: String {
            switch self {
            case .configuration(let stream, let context): "configuration \(stream) of \(context)"
            case .intermediate: "between contexts"
            case .cache(let id): "cache \(id)"
            case .ring(let channel): "ring of channel \(channel)"
            }
        }
    }

    package struct Buffer: Equatable, Sendable {
        package let role: BufferRole
        package let size: Int
        /// nil if the device both reads and writes it.
        package let direction: Direction?

        package var directionText: String {
            switch direction {
            case nil: "both ways"
            case .input: "to chip"
            case .output: "from chip"
            }
        }
    }

    package struct List: Equatable, Sendable {
        package let count: UInt32
        package let pageSize: UInt16
        package let isCircular: Bool
    }

    /// Points descriptors at memory.
    package struct Program: Equatable, Sendable {
        package let list: Int
        package let buffer: Int
        package let size: Int
        package var offset = 0
        package var batch: UInt32 = 1
        package let channel: UInt8
        package var firstDescriptor: UInt32 = 0
        /// Whether addresses are written; else only the end of a transfer is marked.
        package var binds = true
        /// Whether the chip hears of the last descriptor's end.
        package var interruptsDevice = false
        package var stride: UInt32 = 0
    }

    /// A part of the model's file.
    package struct Piece: Equatable, Sendable {
        package let offset: Int
        package let size: Int

        package init(offset: Int, size: Int) {
            self.offset = offset
            self.size = size
        }
    }

    package enum Step: Equatable, Sendable {
        case mapBuffer(Int)
        case createList(Int)
        case releaseList(Int)
        case program(Program)
        /// Puts parts of the file one after the other into a buffer and hands them to the device.
        case write(pieces: Series<Piece>, buffer: Int, offset: Int)
    }

    package private(set) var buffers: [Buffer] = []
    package private(set) var lists: [List] = []
    package private(set) var steps: Series<Step> = []

    mutating func map(_ role: BufferRole, size: Int, _ direction: Direction?) -> Int {
        buffers.append(Buffer(role: role, size: size, direction: direction))
        steps.append(.mapBuffer(buffers.count - 1))
        return buffers.count - 1
    }

    mutating func createList(_ size: ListSize, isCircular: Bool) -> Int {
        lists.append(List(count: size.count, pageSize: UInt16(size.pageSize), isCircular: isCircular))
        steps.append(.createList(lists.count - 1))
        return lists.count - 1
    }

    mutating func releaseList(_ list: Int) {
        steps.append(.releaseList(list))
    }

    mutating func program(_ program: Program) {
        steps.append(.program(program))
    }

    mutating func write(_ pieces: Series<Piece>, to buffer: Int, at offset: Int) {
        steps.append(.write(pieces: pieces, buffer: buffer, offset: offset))
    }
}
