internal import HailoBase
internal import HailoFormats
internal import HailoFirmware
internal import HailoHEF

/// Decides how a layer's frames are cut into buffers between the chip and its DMA engine.
struct PeripheryRegisters {
    let registers: StreamRegisters
    let initialCredit: UInt32

    private static let byteUnit = 8
    private static let ddrUnit = 512
    private static let maximumInRegister = 0xffff

    /// `page` is the page size of the list that the layer's data goes through.
    init(
        _ layer: Layer, page: Int, target: PlanTarget, features: Features, largestBuffer: UInt32,
        powerMode: PlanOptions.PowerMode, at place: Refusal
    ) throws(HailoError) {
        let constants = target.constants
        initialCredit = layer.maxShmifoSize == 0 ? constants.defaultInitialCredit : layer.maxShmifoSize
        let isDDR = if case .ddr = layer.connection { true } else { false }
        var cut: Cut
        if !features.hostCalculatesPeriphery, !layer.hasCorePadding {
            cut = Cut(ofCompiler: layer)
        } else if let nms = layer.nms {
            cut = try Cut(nms: nms, layer, at: place)
        } else {
            guard layer.format.order != .nmsOnChip else {
                throw place.error(.hefInvalid, "boxes do not travel inside the model, only to the host")
            }
            cut = try Cut(
                frameOf: layer, page: page, shmifo: Int(initialCredit), largest: Int(min(largestBuffer, initialCredit)),
                isDDR: isDDR, padsInHardware: features.hardwarePadding, at: place)
        }
        guard cut.bytes % Int(constants.fifoWord) == 0 else {
            throw place.error(
                .hefUnsupported,
                "its buffers of \(cut.bytes) bytes are not a multiple of the chip's word of \(constants.fifoWord) "
                    + "bytes")
        }
        if !isDDR, constants.optimizesCredits, powerMode == .performance {
            try cut.optimize(constants, at: place)
        }
        if layer.isOutput {
            // A buffer, a word and a page have to fit into the outgoing stream's memory.
            let room = Int(constants.outboundStreamSize) - Int(constants.fifoWord) - page
            guard cut.bytes <= room else {
                throw place.error(
                    .hefUnsupported, "its buffers of \(cut.bytes) bytes are larger than the \(room) bytes of an output")
            }
        }
        registers = StreamRegisters(
            coreBytesPerBuffer: layer.coreBytesPerBuffer, coreBuffersPerFrame: layer.coreBuffersPerFrame,
            peripheryBytesPerBuffer: UInt16(truncatingIfNeeded: cut.bytes),
            peripheryBuffersPerFrame: UInt16(clamping: cut.count),
            featurePadding: layer.hasCorePadding
                ? UInt16(truncatingIfNeeded: layer.hardwareShape.width &* layer.dataBytes) : 0,
            bufferPaddingPayload: UInt32(truncatingIfNeeded: cut.paddingPayload),
            bufferPadding: UInt16(truncatingIfNeeded: cut.padding),
            peripheryByHost: features.hostCalculatesPeriphery, paddingInDataflow: features.hardwarePadding)
    }

    /// Buffers of `bytes` bytes each, `count` to a frame.
    private struct Cut {
        var bytes: Int
        var count: Int
        var paddingPayload = 0
        var padding = 0

        /// The core's own buffers, as older compilers choose them.
        init(ofCompiler layer: Layer) {
            (bytes, count) = (Int(layer.coreBytesPerBuffer), Int(layer.coreBuffersPerFrame))
        }

        init(nms: NmsShape, _ layer: Layer, at place: Refusal) throws(HailoError) {
            let (burst, overflows) = Int(nms.boxSize).multipliedReportingOverflow(by: Int(nms.burstSize))
            guard !overflows, (1...maximumInRegister).contains(burst) else {
                throw place.error(
                    .hefInvalid,
                    "a burst of its boxes has \(overflows ? Int.max : burst) bytes; the valid range is 1 to "
                        + "\(maximumInRegister)")
            }
            let bursts = Int(layer.transferSize) / burst
            guard (1...maximumInRegister).contains(bursts) else {
                throw place.error(
                    .hefInvalid,
                    "its transfers have \(bursts) bursts of boxes; the valid range is 1 to \(maximumInRegister)")
            }
            (bytes, count) = (burst, bursts)
        }

        init(
            frameOf layer: Layer, page: Int, shmifo: Int, largest: Int, isDDR: Bool, padsInHardware: Bool,
            at place: Refusal
        ) throws(HailoError) {
            let shape = layer.hardwareShape
            let row = shape.width &* shape.features &* layer.dataBytes
            var frame = Int(shape.height &* row)
            guard page < shmifo else {
                throw place.error(
                    .hefUnsupported,
                    "its buffer on the chip has \(counted(shmifo, "byte")), no more than a page of \(page) bytes")
            }
            if padsInHardware, frame % byteUnit != 0 {
                guard frame < maximumInRegister else {
                    throw place.error(
                        .hefInvalid,
                        "its frames of \(frame) bytes are too large to be padded in hardware (\(maximumInRegister) at most)"
                    )
                }
                paddingPayload = frame
                padding = alignUp(frame, byteUnit) - frame
                frame += padding
            }
            let unit = isDDR ? ddrUnit : byteUnit
            // Nothing above `largest` can be chosen, so that the search may begin there.
            bytes = min(alignUp(Int(row), unit), largest / unit * unit)
            if isDDR {
                let rowInCore = Int(layer.coreBytesPerBuffer)
                while bytes > 0, bytes >= shmifo || rowInCore % bytes != 0 { bytes -= unit }
            } else {
                while bytes > 0, bytes >= shmifo - page || frame % bytes != 0 { bytes -= unit }
            }
            guard bytes > 0 else {
                throw place.error(
                    .hefUnsupported,
                    "its frames of \(frame) bytes cannot be cut into equal buffers of a multiple of \(unit) bytes that "
                        + "fit its buffer of \(counted(shmifo, "byte")) on the chip")
            }
            let total = isDDR ? Int(layer.coreBytesPerBuffer) * Int(layer.coreBuffersPerFrame) : frame
            count = min(total / bytes, maximumInRegister)
        }

        /// Fewer and larger buffers cost less power: the smallest number of them that divides the frame into whole words.
        mutating func optimize(_ constants: HardwareConstants, at place: Refusal) throws(HailoError) {
            let frame = (bytes & maximumInRegister) * count
            let maximumBytes = Int(constants.maximumPeripheryBytesPerBuffer)
            let maximumBuffers = Int(constants.maximumPeripheryBuffersPerFrame)
            let fewest = divideUp(frame, max(Int(constants.maximumAcceptableBytesPerBuffer), bytes))
            let words = frame / Int(constants.fifoWord)
            let end = min(frame, maximumBuffers)
            var chosen = frame <= maximumBuffers ? frame : count
            var candidate = fewest
            while candidate > 0, candidate < end {
                if words % candidate == 0, frame / candidate <= maximumBytes {
                    chosen = candidate
                    break
                }
                candidate += 1
            }
            guard chosen > 0 else {
                throw place.error(.hefInvalid, "its frames have no bytes")
            }
            count = chosen
            bytes = frame / chosen
        }
    }
}
