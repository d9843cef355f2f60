package import HailoBase
package import HailoFormats

/// An input or output as a user of the model sees it.
package struct Tensor: Sendable {
    package enum Extent: Equatable, Sendable {
        case shape(Shape)
        case boxes(BoxShape)
    }

    package let name: Name
    package let networkName: Name
    package let direction: Direction
    package let format: Format
    package let extent: Extent
    package let quantization: Quantization

    /// Height, width and features; nil for a list of boxes.
    package var shape: Shape? {
        if case .shape(let shape) = extent { shape } else { nil }
    }

    /// What a frame may hold if it is a list of boxes.
    package var boxes: BoxShape? {
        if case .boxes(let boxes) = extent { boxes } else { nil }
    }

    /// Bytes of one frame with numbers of the given type. Sizes wrap around like the vendor's.
    package func frameSize(_ type: NumberType) -> UInt32 {
        switch extent {
        case .shape(let shape):
            return shape.height &* shape.width &* shape.features &* type.bytes
        case .boxes(let boxes):
            switch format.order {
            case .nmsWithByteMask: return 2 &+ boxes.maximumTotal &* 38 &+ boxes.maximumMaskBytes
            case .nmsByScore: return 2 &+ boxes.maximumTotal &* 22
            default: return (1 &+ 5 &* boxes.maximumPerClass) &* boxes.classes &* type.bytes
            }
        }
    }

    package var frameSize: UInt32 { frameSize(format.type) }
}

extension Tensor {
    /// What users see of a layer at the host: one tensor, or one for each part of a mux.
    package static func tensors(of layer: Layer) -> [Tensor] {
        switch layer.kind {
        case .mux(let predecessors, _, _):
            return predecessors.flatMap { tensors(of: $0) }
        case .defused(let fused):
            return [boxes(fused.nms, name: fused.name, of: layer, isTransposed: false)]
        case .planes:
            return [plain(layer, layer.format)]
        case .single:
            if let nms = layer.nms {
                return [boxes(nms, name: layer.name, of: layer, isTransposed: layer.format.isTransposed)]
            }
            let format = layer.format
            return [plain(layer, Format(format.type, format.order.standardOnHost, isTransposed: format.isTransposed))]
        }
    }

    private static func plain(_ layer: Layer, _ format: Format) -> Tensor {
        Tensor(
            name: layer.name, networkName: layer.networkName, direction: layer.direction, format: format,
            extent: .shape(layer.shape), quantization: layer.quantization)
    }

    private static func boxes(_ nms: NmsShape, name: Name, of layer: Layer, isTransposed: Bool) -> Tensor {
        let perClass = nms.maxBoxesPerClass &* nms.chunksPerFrame
        return Tensor(
            name: name, networkName: layer.networkName, direction: layer.direction,
            format: Format(.float32, .nmsByClass, isTransposed: isTransposed),
            extent: .boxes(
                BoxShape(
                    classes: nms.classes, maximumPerClass: perClass, maximumTotal: perClass &* nms.classes)),
            quantization: layer.quantization)
    }
}
