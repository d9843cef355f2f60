internal import HailoBase
internal import HailoFormats
internal import Hailo

/// The options that say what counts as a detection.
struct DetectionArguments {
    private let score, overlap: Float?
    private let perClass, total, maskBytes: UInt32?

    static let names = ["--score", "--iou", "--max-per-class", "--max-total", "--max-mask-bytes"]

    static let help = """
          --score T, --iou T
                         thresholds for boxes that the host finds: the minimum score, and the maximum overlap (IoU) of
                         boxes of one class
          --max-per-class N, --max-total N, --max-mask-bytes N
                         limits for these boxes: per class; in total (by score or with masks); bytes for the masks of a
                         frame
        """

    init(_ arguments: Arguments) throws(UsageError) {
        func number<Number>(_ name: String, _ read: (String) -> Number?) throws(UsageError) -> Number? {
            guard let text = arguments.value(name) else { return nil }
            guard let number = read(text) else {
                throw UsageError(message: "\(name) takes a number, not \"\(text)\"")
            }
            return number
        }
        score = try number("--score") { Double(decimal: $0).map { Float($0) } }
        overlap = try number("--iou") { Double(decimal: $0).map { Float($0) } }
        perClass = try number("--max-per-class") { UInt32($0) }
        total = try number("--max-total") { UInt32($0) }
        maskBytes = try number("--max-mask-bytes") { UInt32($0) }
    }

    private var isEmpty: Bool {
        score == nil && overlap == nil && perClass == nil && total == nil && maskBytes == nil
    }

    /// Applies them to all outputs of boxes that the host finds.
    func apply(to session: Session) throws(HailoError) {
        guard !isEmpty else { return }
        var isUsed = false
        for port in try session.outputs {
            guard var settings = try? session.detectionSettings(ofOutput: port.name) else { continue }
            settings.scoreThreshold = score ?? settings.scoreThreshold
            settings.overlapThreshold = overlap ?? settings.overlapThreshold
            settings.maximumPerClass = perClass ?? settings.maximumPerClass
            settings.maximumTotal = total ?? settings.maximumTotal
            settings.maximumMaskBytes = maskBytes ?? settings.maximumMaskBytes
            try session.setDetectionSettings(settings, ofOutput: port.name)
            isUsed = true
        }
        guard isUsed else {
            throw HailoError(
                .invalidOperation,
                "group \"\(session.info.group)\" has no output whose boxes the host finds; thresholds and limits do "
                    + "not apply"
            )
        }
    }
}
