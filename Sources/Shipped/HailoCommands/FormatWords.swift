internal import HailoFormats
internal import HailoHEF
internal import Hailo

/// The words of the command line for types and orders: those that "inspect" prints are those that "run" takes.
enum FormatWords {
    private static let types: [(word: StaticString, longer: StaticString, type: NumberType)] = [
        ("auto", "automatic", .automatic), ("u8", "uint8", .uint8), ("u16", "uint16", .uint16),
        ("f32", "float32", .float32),
    ]

    private static let orders: [(word: StaticString, order: Order)] = [
        ("auto", .automatic), ("nhwc", .nhwc), ("nhcw", .nhcw), ("fcr", .fcr), ("f8cr", .f8cr), ("nhw", .nhw),
        ("nc", .nc), ("bayer-rgb", .bayerRGB), ("12-bit-bayer-rgb", .bayerRGB12Bit), ("rgb888", .rgb888),
        ("nchw", .nchw), ("yuy2", .yuy2), ("nv12", .nv12), ("nv21", .nv21), ("yyuv", .yyuv), ("yyvu", .yyvu),
        ("rgb4", .rgb4), ("i420", .i420), ("yyyyuv", .yyyyuv), ("with-masks", .nmsWithByteMask),
        ("on-chip", .nmsOnChip), ("by-class", .nmsByClass), ("by-score", .nmsByScore),
    ]

    /// Upper case means the same.
    static func type(_ text: String) -> NumberType? {
        let text = Output.lowered(text)
        return types.first { "\($0.word)" == text || "\($0.longer)" == text }?.type
    }

    static func order(_ text: String) -> Order? {
        let text = Output.lowered(text)
        return orders.first { "\($0.word)" == text }?.order
    }

    static func word(_ type: NumberType) -> String {
        for entry in types where entry.type == type { return "\(entry.word)" }
        return "unknown"
    }

    static func word(_ order: Order) -> String {
        for entry in orders where entry.order == order { return "\(entry.word)" }
        return "unknown"
    }
}
