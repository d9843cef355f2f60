internal import HailoBase
internal import HailoFormats
internal import HailoHEF

/// Memory that keeps its contents from one frame to the next. The network reads the older part of it and writes the
/// newer one.
struct CacheBuffers {
    struct Side {
        let index: Int
        let size: ListSize
        let channel: UInt8
    }

    private struct Cache {
        let id: UInt32
        let buffer: Int
        let size: Int
        /// Bytes of an entry, and of an entry with its padding.
        let entry: Int
        let paddedEntry: Int
        /// Entries that are read and written.
        let readLength: Int
        let writeLength: Int
        var read: Side?
        var write: Side?
    }

    private var caches: [Cache] = []
    private var isProgrammed = false

    private struct Layout {
        let id: UInt32
        let entry: Int
        let paddedEntry: Int
        let bytes: Int
    }

    init(_ coreOp: CoreOp, _ target: PlanTarget, memory: inout MemoryPlan, at place: Refusal) throws(HailoError) {
        let layout = target.rules.cacheLayout
        let reads = try CacheBuffers.layouts(coreOp.contexts.flatMap { $0.inputs(.cache) }, layout, at: place)
        let writes = try CacheBuffers.layouts(coreOp.contexts.flatMap { $0.outputs(.cache) }, layout, at: place)
        guard Set(reads.map { $0.id }) == Set(writes.map { $0.id }) else {
            throw place.error(.hefInvalid, "it does not read the same caches that it writes")
        }
        var length: Int?
        for read in reads {
            guard let write = writes.first(where: { $0.id == read.id }) else { continue }
            let size = read.bytes + write.bytes
            guard read.entry == write.entry else {
                throw place.error(
                    .hefInvalid,
                    "cache \(read.id) is read in entries of \(read.entry) and written in entries of \(write.entry) bytes"
                )
            }
            guard read.bytes > 0, write.bytes > 0, (1...Int(UInt16.max)).contains(read.paddedEntry) else {
                throw place.error(
                    .hefInvalid,
                    "cache \(read.id) cannot have \(read.bytes) bytes to read and \(write.bytes) to write")
            }
            guard read.entry == read.paddedEntry || target.canStride else {
                throw place.error(
                    .hefUnsupported,
                    "cache \(read.id) has entries of \(read.entry) bytes, which this device's firmware and driver cannot place "
                        + "together. Install both from the same release")
            }
            guard read.bytes % read.paddedEntry == 0, write.bytes % read.paddedEntry == 0 else {
                throw place.error(
                    .hefInvalid,
                    "cache \(read.id) cannot be divided into entries of \(counted(read.entry, "byte"))")
            }
            let entries = size / read.paddedEntry
            guard length ?? entries == entries else {
                throw place.error(.hefInvalid, "the caches differ in their numbers of entries")
            }
            length = entries
            caches.append(
                Cache(
                    id: read.id, buffer: memory.map(.cache(id: read.id), size: size, nil), size: size,
                    entry: read.entry, paddedEntry: read.paddedEntry, readLength: read.bytes / read.paddedEntry,
                    writeLength: write.bytes / read.paddedEntry))
        }
    }

    private static func layouts(
        _ layers: [Layer], _ layout: PlanRules.CacheLayout, at place: Refusal
    ) throws(HailoError) -> [Layout] {
        var layouts: [Layout] = []
        for layer in layers {
            guard case .cache(let id) = layer.connection else { continue }
            guard !layouts.contains(where: { $0.id == id }) else {
                throw place.at(layer.name).error(.hefInvalid, "another layer uses cache \(id) in the same direction")
            }
            layouts.append(
                CacheBuffers.layout(layer, id, isPadded: layout == .paddedEntries))
        }
        return layouts
    }

    private static func layout(_ layer: Layer, _ id: UInt32, isPadded: Bool) -> Layout {
        let entry = Int(layer.hardwareShape.features)
        guard isPadded else {
            return Layout(id: id, entry: entry, paddedEntry: entry, bytes: Int(layer.transferSize))
        }
        var padded = entry
        if entry & (entry - 1) != 0 {
            padded = 64
            while padded < entry { padded *= 2 }
        }
        let bytes = UInt32(truncatingIfNeeded: padded) &* layer.hardwareShape.height &* layer.hardwareShape.width
        return Layout(id: id, entry: entry, paddedEntry: padded, bytes: Int(bytes))
    }

    /// The list of one side of a layer's cache; set up when it is first asked for.
    mutating func side(
        of layer: Layer, channel: UInt8, target: PlanTarget, memory: inout MemoryPlan, at place: Refusal
    ) throws(HailoError) -> (side: Side, pattern: UInt32, length: Int) {
        guard case .cache(let id) = layer.connection, let index = caches.firstIndex(where: { $0.id == id }) else {
            throw place.error(.notFound, "its cache does not exist")
        }
        let cache = caches[index]
        let length = layer.isOutput ? cache.writeLength : cache.readLength
        // What the firmware takes for one transfer, and how many there are.
        let (pattern, transfers): (Int, Int) =
            switch target.rules.cacheLayout {
            case .paddedEntries: (cache.entry, length & 0xffff)
            case .plain: (length * cache.entry, 1)
            }
        if let side = layer.isOutput ? cache.write : cache.read { return (side, UInt32(pattern), length) }

        let size = try place.list("cache") { () throws(ListSize.Failure) in
            try ListSize.forQueue(
                of: pattern, fewest: transfers, most: transfers,
                largestPage: min(cache.paddedEntry, Int(target.descriptorPageSize)),
                ListSize.Purpose(isWithoutEnd: true))
        }
        guard size.bytes <= cache.size else {
            throw place.error(
                .hefUnsupported, "its list of \(size.bytes) bytes is larger than the cache with \(cache.size) bytes")
        }
        let side = Side(index: memory.createList(size, isCircular: false), size: size, channel: channel)
        memory.program(
            MemoryPlan.Program(list: side.index, buffer: cache.buffer, size: size.bytes, channel: channel))
        if target.rules.cacheLayout == .plain {
            memory.program(
                MemoryPlan.Program(
                    list: side.index, buffer: cache.buffer, size: pattern, channel: channel, binds: false,
                    interruptsDevice: true))
        }
        if layer.isOutput { caches[index].write = side } else { caches[index].read = side }
        if !isProgrammed, caches.allSatisfy({ $0.read != nil && $0.write != nil }) {
            isProgrammed = true
            for cache in caches.reversed() { try CacheBuffers.program(cache, target, memory: &memory, at: place) }
        }
        return (side, UInt32(pattern), length)
    }

    /// Points both sides to their parts of the cache: reading begins at its start, writing behind what is read.
    private static func program(
        _ cache: Cache, _ target: PlanTarget, memory: inout MemoryPlan, at place: Refusal
    ) throws(HailoError) {
        // Without padding the stride is that of the pages, which is what a program does by itself.
        let stride = target.rules.cacheLayout == .paddedEntries && target.canStride ? UInt32(cache.entry) : 0
        for (side, offset, length) in [
            (cache.read, 0, cache.readLength),
            (cache.write, cache.readLength * cache.paddedEntry % cache.size, cache.writeLength),
        ] {
            guard let side else { continue }
            let page = Int(side.size.pageSize)
            let bytes = length * cache.paddedEntry
            let untilEnd = min(cache.size - offset, bytes)
            guard offset % page == 0,
                divideUp(untilEnd, page) + divideUp(bytes - untilEnd, page) == Int(side.size.count) - 1
            else {
                throw place.error(.hefUnsupported, "cache \(cache.id) cannot be cut into pages of \(page) bytes")
            }
            memory.program(
                MemoryPlan.Program(
                    list: side.index, buffer: cache.buffer, size: untilEnd, offset: offset, channel: side.channel,
                    stride: stride))
            guard untilEnd < bytes else { continue }
            memory.program(
                MemoryPlan.Program(
                    list: side.index, buffer: cache.buffer, size: bytes - untilEnd, channel: side.channel,
                    firstDescriptor: UInt32(divideUp(untilEnd, page)), stride: stride))
        }
    }
}
