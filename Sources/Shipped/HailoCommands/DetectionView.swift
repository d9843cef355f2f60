internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import Hailo

/// Shows what was found in frames: in words, and as boxes on the picture that was given.
struct DetectionView {
    /// The input that is a picture.
    private struct Source {
        let index: Int
        let shape: Shape
    }

    /// What was found in one output of one frame.
    struct Found {
        let frame: Int
        let output: String
        let detections: [Detection]
    }

    private let outputs: [(index: Int, port: Session.Port)]
    private let source: Source?
    private let path: String?
    private let frameCount: Int
    private let keepsFound: Bool
    private(set) var found: [Found] = []
    /// The pictures that were drawn.
    private(set) var pictures: [String] = []

    /// Small pictures are enlarged to about that many pixels.
    private static let visibleSize = 400

    /// No picture of more pixels is drawn.
    private static let maximumPixels = 1 << 26

    /// With a path pictures are drawn; several frames are numbered.
    init(
        _ session: Session, path: String?, frameCount: Int, keepsFound: Bool
    ) throws(HailoError) {
        var outputs: [(index: Int, port: Session.Port)] = []
        for (index, port) in try session.outputs.enumerated() where port.boxes != nil { outputs.append((index, port)) }
        guard !outputs.isEmpty else {
            throw HailoError(.invalidOperation, "group \"\(session.info.group)\" has no output of boxes to show")
        }
        self.outputs = outputs
        self.path = path
        self.frameCount = frameCount
        self.keepsFound = keepsFound
        source = path == nil ? nil : try DetectionView.source(session)
    }

    private static func source(_ session: Session) throws(HailoError) -> Source {
        for (index, port) in try session.inputs.enumerated() {
            guard let shape = port.shape, [1, 3].contains(shape.features), port.format.order == .nhwc,
                max(shape.height, shape.width) <= UInt16.max,
                port.frameSize == Int(shape.height) * Int(shape.width) * Int(shape.features)
            else { continue }
            guard Int(shape.height) * Int(shape.width) <= maximumPixels else {
                throw HailoError(
                    .invalidOperation,
                    "input \"\(port.name)\" has more than \(maximumPixels) pixels, too many to draw on")
            }
            return Source(index: index, shape: shape)
        }
        throw HailoError(
            .invalidOperation,
            "no input of group \"\(session.info.group)\" is a picture of bytes in order nhwc that could be drawn on")
    }

    /// Takes what is in a frame.
    mutating func add(
        _ frame: Int, inputs: [UnsafeMutableRawBufferPointer], outputs buffers: [UnsafeMutableRawBufferPointer]
    ) throws(HailoError) {
        var picture = source.map { source in
            Picture(
                UnsafeRawBufferPointer(inputs[source.index]), height: Int(source.shape.height),
                width: Int(source.shape.width), features: Int(source.shape.features), scale: scale(source.shape))
        }
        for (index, port) in outputs {
            let detections = try port.detections(in: UnsafeRawBufferPointer(buffers[index]))
            if keepsFound { found.append(Found(frame: frame, output: port.name, detections: detections)) }
            for detection in detections {
                picture?.draw(detection, UnsafeRawBufferPointer(buffers[index]), port.boxes)
            }
        }
        guard let picture, let path else { return }
        let file = numbered(path, frame)
        try OutputFile.write(picture.png, to: file)
        pictures.append(file)
    }

    private func scale(_ shape: Shape) -> Int {
        max(1, DetectionView.visibleSize / Int(max(shape.height, shape.width, 1)))
    }

    private func numbered(_ path: String, _ frame: Int) -> String {
        guard frameCount > 1 else { return path }
        let ending = path.hasSuffix(".png") ? ".png" : ""
        return String(path.dropLast(ending.count)) + "-\(frame)" + ending
    }
}

extension DetectionView.Found {
    var text: String {
        let lines = detections.map { found in
            "  class \(found.label), score \(Output.fixed(found.score)), box from (\(Output.fixed(found.left)), "
                + "\(Output.fixed(found.top))) to (\(Output.fixed(found.right)), \(Output.fixed(found.bottom)))"
        }
        return (["frame \(frame), \(output): \(detections.count) found"] + lines).joined(separator: "\n")
    }

    func write(to object: inout JSONWriter) {
        object.number("frame", frame)
        object.string("output", output)
        object.array("detections") { list in
            for found in detections {
                list.object { entry in
                    entry.number("class", Int(found.label))
                    entry.number("score", Double(found.score))
                    entry.number("y_min", Double(found.top))
                    entry.number("x_min", Double(found.left))
                    entry.number("y_max", Double(found.bottom))
                    entry.number("x_max", Double(found.right))
                }
            }
        }
    }
}

extension Picture {
    fileprivate mutating func draw(
        _ found: Detection, _ frame: UnsafeRawBufferPointer, _ boxes: BoxShape?
    ) {
        func place(_ part: Float, _ length: Int) -> Int {
            // What lies far outside, or nowhere, is of no interest.
            part > -1 ? Int(min(part, 2) * Float(length)) : -length
        }
        let color = Color.ofClass(found.label)
        let (top, left) = (place(found.top, height), place(found.left, width))
        let (bottom, right) = (place(found.bottom, height), place(found.right, width))
        if let mask = found.mask, let boxes, boxes.pictureHeight > 0, boxes.pictureWidth > 0, found.top > -1e6,
            found.left > -1e6, found.top < 1e6, found.left < 1e6
        {
            let (rows, columns) = (Float(boxes.pictureHeight), Float(boxes.pictureWidth))
            // A mask begins where the box does, inside of the picture.
            let first = (y: max((found.top * rows).rounded(.up), 0), x: max((found.left * columns).rounded(.up), 0))
            for y in max(top, 0)..<max(min(bottom, height), max(top, 0)) {
                for x in max(left, 0)..<max(min(right, width), max(left, 0)) {
                    let row = Int(Float(y) * rows / Float(height) - first.y)
                    let column = Int(Float(x) * columns / Float(width) - first.x)
                    guard row >= 0, column >= 0, row < mask.height, column < mask.width else { continue }
                    if frame[mask.offset + row * mask.width + column] != 0 { tint(y, x, color) }
                }
            }
        }
        let thickness = max(2, max(height, width) / 200)
        self.frame(top: top, left: left, bottom: bottom, right: right, color, thickness: thickness)
        write(found.label, top: max(top, 0), left: max(left, 0), on: color, size: max(thickness, 3))
    }
}
