internal import HailoBase
internal import HailoHEF

/// The memory between contexts and between parts of one context: one buffer for all of a group's tensors and rows that
/// wait there.
struct IntermediateBuffers {
    /// The layer that fills a part of the memory.
    struct Producer: Hashable, Comparable {
        let context: Int
        let stream: UInt8

        static func < (left: Producer, right: Producer) -> Bool {
            (left.context, left.stream) < (right.context, right.stream)
        }
    }

    /// A descriptor list that points to a part of the memory.
    struct List {
        let index: Int
        let size: ListSize
    }

    private struct Demand: VendorSortable {
        let producer: Producer
        let transferSize: Int
        let transfers: Int
        let isDDR: Bool
        var contexts: ClosedRange<Int>

        static func isBefore(_ first: Demand, _ second: Demand) -> Bool { first.transferSize > second.transferSize }
    }

    private struct Area {
        let offset: Int
        let size: ListSize
    }

    private var buffer = 0
    private var bufferSize = 0
    private var areas: [Producer: Area] = [:]
    private var lists: [Producer: List] = [:]

    /// Reserves the memory for all layers of a group.
    init(
        _ coreOp: CoreOp, batches: [Name: UInt32], largestPage: Int, memory: inout MemoryPlan, at place: Refusal
    ) throws(HailoError) {
        var demands = try IntermediateBuffers.demands(coreOp, batches, at: place)
        guard !demands.isEmpty else { return }
        demands = demands.ordered { $0.producer < $1.producer }
        demands.withUnsafeMutableBufferPointer { VendorSort.sort($0) }
        var placement = MemoryPlacement()
        for demand in demands {
            let size = try IntermediateBuffers.size(
                of: demand.transferSize, transfers: demand.transfers, isDDR: demand.isDDR, largestPage: largestPage,
                at: place)
            let offset = placement.place(size.bytes, alignment: Int(size.pageSize), during: demand.contexts)
            areas[demand.producer] = Area(offset: offset, size: size)
        }
        bufferSize = placement.size
        buffer = memory.map(.intermediate, size: placement.size, nil)
    }

    private static func size(
        of transferSize: Int, transfers: Int, isDDR: Bool, largestPage: Int, at place: Refusal
    ) throws(HailoError) -> ListSize {
        try place.list("between contexts") { () throws(ListSize.Failure) in
            try ListSize.forQueue(
                of: transferSize, fewest: transfers, most: transfers, largestPage: largestPage,
                ListSize.Purpose(isCircular: isDDR, isWithoutEnd: true, isDDR: isDDR))
        }
    }

    private static func demands(
        _ coreOp: CoreOp, _ batches: [Name: UInt32], at place: Refusal
    ) throws(HailoError) -> [Demand] {
        var demands: [Demand] = []
        var indexes: [Producer: Int] = [:]
        for (number, context) in coreOp.contexts.enumerated() {
            let place = place.in("context \(number)")
            func span(_ first: Int, _ last: Int, _ layer: Layer) throws(HailoError) -> ClosedRange<Int> {
                guard first <= last, last < coreOp.contexts.count else {
                    throw place.at(layer.name).error(
                        .hefInvalid,
                        "it leads from context \(first) to context \(last) of \(coreOp.contexts.count)")
                }
                return first...last
            }
            for layer in context.outputs(.ddr) {
                guard case .ddr(let peer, let rows) = layer.connection else { continue }
                let producer = Producer(context: number, stream: layer.stream)
                guard indexes[producer] == nil else {
                    throw place.at(layer.name).error(
                        .hefInvalid, "two layers of stream \(layer.stream) buffer rows in this context")
                }
                indexes[producer] = demands.count
                demands.append(
                    Demand(
                        producer: producer, transferSize: Int(layer.coreBytesPerBuffer), transfers: Int(rows),
                        isDDR: true, contexts: try span(number, Int(peer.context), layer)))
            }
            for layer in context.inputs(.interContext) {
                guard case .interContext(let peer) = layer.connection else { continue }
                let producer = Producer(context: Int(peer.context), stream: peer.stream)
                let size = Int(layer.transferSize)
                let batch = Int(batches[layer.networkName] ?? 1)
                guard let index = indexes[producer] else {
                    indexes[producer] = demands.count
                    demands.append(
                        Demand(
                            producer: producer, transferSize: size, transfers: batch, isDDR: false,
                            contexts: try span(producer.context, number, layer)))
                    continue
                }
                guard demands[index].transferSize == size, demands[index].transfers == batch else {
                    throw place.at(layer.name).error(
                        .hefInvalid,
                        "it takes \(counted(batch, "frame")) of \(counted(size, "byte")) from context \(producer.context), another layer takes "
                            + "\(demands[index].transfers) of \(demands[index].transferSize) bytes")
                }
                let first = demands[index].contexts.lowerBound
                demands[index].contexts = try span(first, max(number, demands[index].contexts.upperBound), layer)
            }
        }
        return demands
    }

    /// The list that a layer fills. It is set up anew each time that its context is filled, but the first one stays in
    /// use: that is what the vendor's library does, and what the device hears is held equal to it.
    mutating func fill(
        _ layer: Layer, of producer: Producer, transferSize: UInt32, batch: UInt32, channel: UInt8, isDDR: Bool,
        target: PlanTarget, memory: inout MemoryPlan, at place: Refusal
    ) throws(HailoError) -> List {
        guard var area = areas[producer] else {
            throw place.error(.notFound, "no other context takes what it delivers")
        }
        if target.rules.fitsListsToProducers {
            let size = try IntermediateBuffers.size(
                of: Int(transferSize), transfers: Int(batch), isDDR: isDDR,
                largestPage: Int(target.descriptorPageSize), at: place)
            area = Area(offset: area.offset, size: size)
            guard area.offset % Int(size.pageSize) == 0, size.bytes <= bufferSize - area.offset else {
                throw place.error(
                    .hefInvalid,
                    "its \(counted(batch, "frame")) of \(counted(transferSize, "byte")) do not fit the memory of the layer that takes them"
                )
            }
        }
        let list = List(index: memory.createList(area.size, isCircular: isDDR), size: area.size)
        memory.program(
            MemoryPlan.Program(
                list: list.index, buffer: buffer, size: area.size.bytes, offset: area.offset, channel: channel))
        memory.program(
            isDDR
                ? MemoryPlan.Program(
                    list: list.index, buffer: buffer, size: area.size.bytes, channel: channel, binds: false)
                : MemoryPlan.Program(
                    list: list.index, buffer: buffer, size: Int(transferSize), batch: batch, channel: channel,
                    binds: false, interruptsDevice: true))
        if let first = lists[producer] {
            memory.releaseList(list.index)
            return first
        }
        lists[producer] = list
        return list
    }

    /// The list that a layer reads from.
    func filled(by producer: Producer, at place: Refusal) throws(HailoError) -> List {
        guard let list = lists[producer] else {
            throw place.error(
                .notFound,
                "stream \(producer.stream) of context \(producer.context), from which it reads, delivers nothing before"
            )
        }
        return list
    }
}
