package import HailoBase
package import HailoFormats

/// Where data enters or leaves a context.
package struct Layer: Sendable {
    /// What stands at the other end.
    package enum Connection: Equatable, Sendable {
        /// The host.
        case boundary
        case interContext(Peer)
        /// Rows that wait in the host's memory between two parts of one context.
        case ddr(Peer, minimumRows: UInt16)
        case cache(id: UInt32)
    }

    /// The layer that a layer inside the model is connected with.
    package struct Peer: Equatable, Sendable {
        package let context: UInt16
        package let stream: UInt8
        package let engine: UInt8
    }

    package enum Kind: Sendable {
        case single
        /// One stream that carries several outputs, which have to be taken apart.
        case mux(predecessors: [Layer], heightGCD: UInt32, heightRatios: [UInt32])
        /// One picture that travels as one stream for each plane of it.
        case planes([Layer])
        /// A part of the classes of a fused NMS layer.
        case defused(into: FusedLayer)
    }

    package let name: Name
    package let networkName: Name
    package let networkIndex: UInt8
    package let direction: Direction
    package let connection: Connection
    package let kind: Kind

    package let stream: UInt8
    package let engine: UInt8
    package let shape: Shape
    /// As the chip holds it, with its padding.
    package let hardwareShape: Shape
    package let format: Format
    /// 1 or 2.
    package let dataBytes: UInt32
    package let nms: NmsShape?
    package let quantization: Quantization
    /// One for each feature where they differ, else one.
    package let quantizations: [Quantization]
    /// The model's output or input that this layer is, as op inputs refer to it.
    package let pad: UInt32?
    package let originalNames: [Name]

    package let coreBytesPerBuffer: UInt16
    package let coreBuffersPerFrame: UInt16
    /// The compiler leaves the hardware's padding to the host.
    package let hasCorePadding: Bool
    package let maxShmifoSize: UInt32
    /// Where on the chip the layer's buffer is.
    package let bufferIndex: UInt32
    package let bufferCluster: UInt32
    /// Which plane of a picture this is.
    package let planeIndex: UInt8

    /// Bytes of one frame as the chip transfers it.
    package var hardwareFrameSize: UInt32 {
        if let nms { return nms.hardwareFrameSize }
        let exact = hardwareShape.height &* hardwareShape.width &* hardwareShape.features &* dataBytes
        return (exact &+ 7) / 8 &* 8
    }

    /// What the loops over its frames have to know.
    package var tensor: ChipTensor {
        ChipTensor(
            name: name, shape: shape, paddedShape: hardwareShape, format: format,
            quantizations: quantizations.isEmpty ? [quantization] : quantizations)
    }

    /// Whether several outputs travel in this stream.
    package var isMux: Bool {
        if case .mux = kind { return true }
        return false
    }

    /// The streams that the layer's data travels by.
    package var streams: [Layer] {
        if case .planes(let planes) = kind { return planes }
        return [self]
    }

    /// The names of what a user sees of this layer: the parts of a mux, the layer that defused ones make up, itself.
    package var visibleNames: [Name] {
        switch kind {
        case .mux(let predecessors, _, _): predecessors.flatMap { $0.visibleNames }
        case .defused(let fused): [fused.name]
        case .single, .planes: [name]
        }
    }
}

/// The layer that several defused NMS layers make up on the host.
package struct FusedLayer: Sendable {
    package let name: Name
    package let format: Format
    package let nms: NmsShape
}
