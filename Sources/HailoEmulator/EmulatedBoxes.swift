internal import HailoFirmware

/// Boxes as the chip's unit for non-maximum suppression delivers them: for each class some boxes and a delimiter, filled up
/// to whole bursts where a transfer is more than one box. Of class k in frame f there are (f + k) mod 3 boxes, or fewer if a
/// burst has no room for them.
struct EmulatedBoxes {
    private let classes: Int
    /// Words of a burst; 1 where each box is a transfer of its own.
    private let burst: Int

    static let wordSize = 8
    private static let delimiter = UInt64.max

    /// nil if transfers of so many bytes carry no boxes of this unit.
    init?(classes: Int, burst: Int, transferSize: Int) {
        guard classes > 0, burst > 0 else { return nil }
        self.classes = classes
        switch transferSize {
        case EmulatedBoxes.wordSize: self.burst = 1
        case EmulatedBoxes.wordSize * burst, EmulatedBoxes.wordSize * burst * classes: self.burst = burst
        default: return nil
        }
    }

    /// Whether a channel carries boxes one by one, as far as can be told from its list: it is there for more transfers than
    /// there can be of whole frames. For older firmware lists are made for four frames of each batch, with two descriptors each.
    static func areCarried(
        by descriptors: Int, transferSize: Int, batch: Int, _ firmware: FirmwareInterface
    ) -> Bool {
        let most = firmware.generation == .first ? 16 * batch : 8 * TransferChannel.maximumTransfers
        return transferSize == wordSize && descriptors > most
    }

    private func count(_ frame: Int, _ list: Int) -> Int {
        let boxes = (frame + list) % 3
        return burst == 1 ? boxes : min(boxes, burst - 1)
    }

    /// How many words class `list` takes, with its delimiter and what fills up the burst.
    private func length(_ frame: Int, _ list: Int) -> Int { (count(frame, list) + burst) / burst * burst }

    func wordCount(_ frame: Int) -> Int { (0..<classes).reduce(0) { $0 + length(frame, $1) } }

    /// Word `index` of a frame.
    func word(_ frame: Int, _ index: Int) -> UInt64 {
        var index = index
        for list in 0..<classes {
            let length = length(frame, list)
            if index < length {
                return index < count(frame, list) ? EmulatedBoxes.box(frame, list, index) : EmulatedBoxes.delimiter
            }
            index -= length
        }
        return EmulatedBoxes.delimiter
    }

    /// Box i of class k in frame f: its corners are (100 + 10 i + f mod 1000, 200 + 20 k mod 2000) and that 100 further down
    /// and 150 to the right, its score is 32768 - 100 i.
    private static func box(_ frame: Int, _ list: Int, _ index: Int) -> UInt64 {
        let top = UInt64(100 + 10 * index + frame % 1000)
        let left = UInt64(200 + 20 * list % 2000)
        return UInt64(32768 - 100 * index) << 48 | top << 36 | left << 24 | (top + 100) << 12 | (left + 150)
    }
}
