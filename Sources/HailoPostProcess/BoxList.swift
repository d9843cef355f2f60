internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoTensors

/// The vendor's forms of a frame of boxes without masks.
///
/// Class by class: for each class the number of its boxes, and five numbers for each. By score: the number of all boxes in
/// two bytes, and for each five numbers and its class in two bytes. What is behind the last box is 0.
struct BoxList: Sendable {
    enum Order: Sendable {
        case byClass
        case byScore
    }

    let order: Order
    let classes: Int
    let limits: BoxSelection.Limits
    let frameSize: Int

    static let boxSize = 20
    private static let countSize = 2
    private static let detectionSize = 22
    /// More than that cannot be counted.
    private static let maximumByScore = 0xffff

    init(_ order: Order, classes: Int, _ settings: DetectionSettings) throws(HailoError) {
        self.order = order
        self.classes = classes
        let (perClass, total) = (Int(settings.maximumPerClass), Int(settings.maximumTotal))
        switch order {
        case .byClass:
            limits = BoxSelection.Limits(perClass: perClass, total: .max)
            let (size, overflows) = (perClass * BoxList.boxSize + 4).multipliedReportingOverflow(by: classes)
            frameSize = try DetectionSettings.check(frameSize: overflows ? nil : size)
        case .byScore:
            limits = BoxSelection.Limits(perClass: nil, total: min(total, BoxList.maximumByScore))
            frameSize = try DetectionSettings.check(frameSize: BoxList.countSize + total * BoxList.detectionSize)
        }
    }

    func write(_ selection: BoxSelection, to target: UnsafeMutableRawBufferPointer) {
        switch order {
        case .byClass:
            var offset = 0
            for label in 0..<classes {
                let count = selection.counted(label)
                target.storeBytes(of: Float(count), toByteOffset: offset, as: Float.self)
                var place = offset + 4
                offset = place + count * BoxList.boxSize
                selection.forEach(ofClass: label) { entry in
                    guard place < offset else { return }
                    BoxList.put(entry.box, entry.score, target, &place)
                }
            }
        case .byScore:
            writeByScore(to: target) { index in
                guard index < selection.count else { return nil }
                return (selection[index].box, selection[index].score, selection[index].label)
            }
        }
    }

    /// `entry` gives the boxes by their number, and nil behind the last.
    func writeByScore(
        to target: UnsafeMutableRawBufferPointer, _ entry: (Int) -> (box: Box, score: Float, label: UInt32)?
    ) {
        var offset = BoxList.countSize
        var count = 0
        while count < limits.total, let (box, score, label) = entry(count) {
            BoxList.put(box, score, label, target, &offset)
            count += 1
        }
        target.storeBytes(of: UInt16(truncatingIfNeeded: count), as: UInt16.self)
    }

    static func put(_ box: Box, _ score: Float, _ target: UnsafeMutableRawBufferPointer, _ offset: inout Int) {
        target.storeBytes(of: box, toByteOffset: offset, as: Box.self)
        target.storeBytes(of: score, toByteOffset: offset + 16, as: Float.self)
        offset += boxSize
    }

    static func put(
        _ box: Box, _ score: Float, _ label: UInt32, _ target: UnsafeMutableRawBufferPointer, _ offset: inout Int
    ) {
        put(box, score, target, &offset)
        target.storeBytes(of: UInt16(truncatingIfNeeded: label), toByteOffset: offset, as: UInt16.self)
        offset += 2
    }
}
