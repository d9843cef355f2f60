internal import HailoFormats
internal import CHailoPlatform
internal import HailoHEF
internal import HailoTensors

/// Makes boxes out of what the network says of them: where their middle is from a place of the grid, and how large they
/// are. One operation after the other in single precision, in the vendor's order, so that results equal its own.
struct BoxDecoder: Sendable {
    enum Form: Sendable {
        /// Sizes are relative to anchors, in pixels of the picture.
        case yolov5(widths: [Float], heights: [Float], image: PostOp.ImageSize, isSigmoid: Bool)
        /// Each side has a number of chances for how far it is away.
        case yolov8(stride: Float, image: PostOp.ImageSize)
        case yolox
        case ssd(PostOp.Ssd, widths: [Float], heights: [Float])
    }

    let head: DetectionHead
    let features: DetectionHead.Features
    let form: Form

    /// Numbers of working memory.
    var scratchCount: Int {
        if case .yolov8 = form { return features.map.features / 4 }
        return 0
    }

    func decode(
        _ frames: UnsafePointer<UnsafeRawPointer>, place: Int, _ scratch: UnsafeMutablePointer<Float>
    ) -> Box {
        let (row, column, anchor) = head.anchor(ofPlace: place)
        let frame = frames[features.input]
        let first = features.first + anchor * features.step
        func value(_ index: Int) -> Float {
            features.map.value(frame, row: row, column: column, feature: first + index)
        }
        let (width, height) = (Float(features.map.width), Float(features.map.height))
        switch form {
        case .yolov5(let widths, let heights, let image, let isSigmoid):
            func part(_ index: Int) -> Float { isSigmoid ? 1 / (1 + expf(-value(index))) : value(index) }
            let (x, y) = (part(0), part(1))
            let (doubleWidth, doubleHeight) = (2 * part(2), 2 * part(3))
            return BoxDecoder.box(
                x: (x * 2 - 0.5 + Float(column)) / width, y: (y * 2 - 0.5 + Float(row)) / height,
                width: doubleWidth * doubleWidth * widths[anchor] / image.width,
                height: doubleHeight * doubleHeight * heights[anchor] / image.height)
        case .yolov8(let stride, let image):
            let (x, y) = ((Float(column) + 0.5) * stride / image.width, (Float(row) + 0.5) * stride / image.height)
            let count = features.map.features / 4
            func distance(_ side: Int) -> Float {
                features.map.read(
                    frame, row: row, column: column, features: (side * count)..<((side + 1) * count), into: scratch)
                Softmax.run(scratch, count)
                var sum: Float = 0
                for index in 0..<count { sum += Float(index) * scratch[index] }
                return sum
            }
            let (left, top) = (distance(0) * stride / image.width, distance(1) * stride / image.height)
            let (right, bottom) = (distance(2) * stride / image.width, distance(3) * stride / image.height)
            return Box(y - top, x - left, y + bottom, x + right)
        case .yolox:
            return BoxDecoder.box(
                x: (value(0) + Float(column)) / width, y: (value(1) + Float(row)) / height,
                width: expf(value(2)) / width, height: expf(value(3)) / height)
        case .ssd(let ssd, let widths, let heights):
            let (anchorWidth, anchorHeight) = (widths[anchor], heights[anchor])
            let (stepX, stepY) = (1 / width, 1 / height)
            let (centers, sizes) = (Float(ssd.centersScale), Float(ssd.sizesScale))
            let boxWidth = expf(value(Int(ssd.widthIndex)) / sizes) * anchorWidth
            let boxHeight = expf(value(Int(ssd.heightIndex)) / sizes) * anchorHeight
            let x = value(Int(ssd.xIndex)) / centers * anchorWidth + (Float(column) * stepX + 0.5 * stepX)
            let y = value(Int(ssd.yIndex)) / centers * anchorHeight + (Float(row) * stepY + 0.5 * stepY)
            return Box(y - boxHeight / 2, x - boxWidth / 2, y + boxHeight / 2, x + boxWidth / 2)
        }
    }

    private static func box(x: Float, y: Float, width: Float, height: Float) -> Box {
        let (left, top) = (x - width / 2, y - height / 2)
        return Box(top, left, top + height, left + width)
    }
}
