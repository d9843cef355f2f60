internal import HailoFormats

extension Order {
    /// The compiler's code for an order of the chip; nil for codes that the chip does not have.
    static func ofCompiler(_ code: UInt32) -> Order? {
        switch code {
        case 0, 13: .nhwc
        case 1: .nhcw
        case 2: .nc
        case 3: .fcr
        case 4: .bayerRGB
        case 5: .nhw
        case 6: .nmsOnChip
        case 7: .f8cr
        case 8: .rgb888
        case 11: .yuy2
        case 14: .yyuv
        case 15: .yyvu
        case 16: .yyyyuv
        default: nil
        }
    }
}
