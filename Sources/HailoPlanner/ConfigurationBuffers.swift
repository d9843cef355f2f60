internal import HailoBase
internal import HailoFirmware
internal import HailoHEF
internal import HailoFormats

/// The memory that one context's configuration data is fetched from, one buffer for each configuration stream.
struct ConfigurationBuffers {
    private struct Stream {
        let channel: UInt8
        let buffer: Int
        let list: Int
        let size: ListSize
        var usedDescriptors = 0
    }
    private var streams: [Stream] = []

    /// Reserves memory for all configuration data in `drafts`.
    init(
        for drafts: Series<ActionDraft>, channels: [UInt8], context: String, containerVersion: UInt32, largestPage: Int,
        memory: inout MemoryPlan, at place: Refusal
    ) throws(HailoError) {
        // Each piece may begin a page. In version 0 what belongs to one burst is one piece already.
        var pieces: [UInt8: Series<Int>] = [:]
        for case .configuration(let stream, let burst) in drafts {
            let sizes = burst.lazy.map { $0.size }
            if containerVersion == 0 {
                pieces[stream, default: []].append(sizes.reduce(0, +))
            } else {
                pieces[stream, default: []].append(contentsOf: sizes)
            }
        }
        guard pieces.count <= channels.count else {
            throw place.error(
                .hefInvalid,
                "it has data for \(counted(pieces.count, "configuration channel")), but the file announces \(channels.count)"
            )
        }
        for (index, channel) in channels.prefix(pieces.count).enumerated() {
            guard let sizes = pieces[UInt8(index)] else {
                throw place.error(
                    .hefInvalid,
                    "it has data for \(counted(pieces.count, "configuration channel")), but none for number \(index)")
            }
            let size = try place.list("configuration data") { () throws(ListSize.Failure) in
                try ListSize.forTransfers(sizes, largestPage: largestPage, ListSize.Purpose(usesUsualPage: true))
            }
            let buffer = memory.map(
                .configuration(stream: UInt8(index), context: context), size: size.bytes, .input)
            let list = memory.createList(size, isCircular: false)
            memory.program(MemoryPlan.Program(list: list, buffer: buffer, size: size.bytes, channel: channel))
            streams.append(Stream(channel: channel, buffer: buffer, list: list, size: size))
        }
    }

    /// Puts every burst at the start of a descriptor of its own and replaces it by the action that fetches it.
    mutating func fetches(
        _ drafts: Series<ActionDraft>, fileSize: Int, memory: inout MemoryPlan, at place: Refusal
    ) throws(HailoError) -> Series<ActionDraft> {
        var result: Series<ActionDraft> = []
        for draft in drafts {
            guard case .configuration(let index, let pieces) = draft else {
                result.append(draft)
                continue
            }
            let stream = streams[Int(index)]
            var size = 0
            for piece in pieces {
                guard piece.offset <= fileSize, piece.size <= fileSize - piece.offset else {
                    throw place.error(
                        .fileError,
                        "its configuration data ends at byte \(piece.offset) + \(piece.size) of a file of \(fileSize) bytes"
                    )
                }
                size += piece.size
            }
            let page = Int(stream.size.pageSize)
            let descriptors = divideUp(size, page)
            guard descriptors <= UInt16.max else {
                throw place.error(
                    .modelTooLarge,
                    "one burst of its configuration data takes \(descriptors) descriptors of \(UInt16.max)")
            }
            // To mark the end of an empty burst would spoil the end of the one before it.
            guard size > 0 else { continue }
            memory.write(
                Series(pieces.lazy.filter { $0.size > 0 }), to: stream.buffer, at: stream.usedDescriptors * page)
            memory.program(
                MemoryPlan.Program(
                    list: stream.list, buffer: stream.buffer, size: size, channel: stream.channel,
                    firstDescriptor: UInt32(stream.usedDescriptors), binds: false, interruptsDevice: true))
            streams[Int(index)].usedDescriptors += descriptors
            result.append(
                .ready(.fetchConfiguration(descriptors: UInt16(descriptors), channel: stream.channel)))
        }
        return result
    }

    /// Puts what switches the configuration channels on and off around a context's actions.
    func enclosing(_ drafts: Series<ActionDraft>) -> Series<ActionDraft> {
        var result: Series<ActionDraft> = []
        var deactivations: [ActionDraft] = []
        for (index, stream) in streams.enumerated() {
            let used = stream.usedDescriptors * Int(stream.size.pageSize)
            result.append(
                .ready(
                    .activateConfigurationChannel(
                        stream.channel, stream: UInt8(index),
                        buffer: HostBuffer(
                            list: stream.list, pageSize: UInt16(stream.size.pageSize),
                            descriptorCount: stream.size.count, bytesInPattern: UInt32(truncatingIfNeeded: used)))))
            deactivations.append(.ready(.deactivateConfigurationChannel(stream.channel, stream: UInt8(index))))
        }
        result.append(contentsOf: drafts)
        result.append(contentsOf: deactivations)
        return result
    }
}
