/// How the numbers of a tensor are stored and in which order.
package struct Format: Equatable, Sendable {
    package var type: NumberType
    package var order: Order
    package var isTransposed: Bool

    package init(_ type: NumberType, _ order: Order, isTransposed: Bool = false) {
        self.type = type
        self.order = order
        self.isTransposed = isTransposed
    }

    /// The flags word of the vendor's interface.
    package var flags: UInt32 { isTransposed ? 2 : 0 }
}

package enum NumberType: UInt32, Sendable {
    case automatic = 0
    case uint8 = 1
    case uint16 = 2
    case float32 = 3

    package var name: String {
        switch self {
        case .automatic: "AUTO"
        case .uint8: "UINT8"
        case .uint16: "UINT16"
        case .float32: "FLOAT32"
        }
    }

    package var bytes: UInt32 {
        switch self {
        case .automatic, .uint8: 1
        case .uint16: 2
        case .float32: 4
        }
    }
}

/// The order of a tensor's numbers, with the vendor's codes.
package struct Order: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let automatic = Order(rawValue: 0)
    package static let nhwc = Order(rawValue: 1)
    package static let nhcw = Order(rawValue: 2)
    package static let fcr = Order(rawValue: 3)
    package static let f8cr = Order(rawValue: 4)
    package static let nhw = Order(rawValue: 5)
    package static let nc = Order(rawValue: 6)
    package static let bayerRGB = Order(rawValue: 7)
    package static let bayerRGB12Bit = Order(rawValue: 8)
    package static let rgb888 = Order(rawValue: 10)
    package static let nchw = Order(rawValue: 11)
    package static let yuy2 = Order(rawValue: 12)
    package static let nv12 = Order(rawValue: 13)
    package static let nv21 = Order(rawValue: 14)
    package static let yyuv = Order(rawValue: 15)
    package static let yyvu = Order(rawValue: 16)
    package static let rgb4 = Order(rawValue: 17)
    package static let i420 = Order(rawValue: 18)
    package static let yyyyuv = Order(rawValue: 19)
    package static let nmsWithByteMask = Order(rawValue: 20)
    package static let nmsOnChip = Order(rawValue: 21)
    package static let nmsByClass = Order(rawValue: 22)
    package static let nmsByScore = Order(rawValue: 23)

    package var name: String {
        switch self {
        case .nhwc: "NHWC"
        case .nhcw: "NHCW"
        case .fcr: "FCR"
        case .f8cr: "F8CR"
        case .nhw: "NHW"
        case .nc: "NC"
        case .bayerRGB: "BAYER RGB"
        case .bayerRGB12Bit: "12 BIT BAYER RGB"
        case .rgb888: "RGB 888"
        case .nchw: "NCHW"
        case .yuy2: "YUY2"
        case .nv12: "NV12"
        case .nv21: "NV21"
        case .yyuv: "YYUV"
        case .yyvu: "YYVU"
        case .rgb4: "RGB4"
        case .i420: "I420"
        case .yyyyuv: "YYYYUV"
        case .nmsWithByteMask: "HAILO NMS WITH BYTE MASK"
        case .nmsOnChip: "HAILO NMS ON CHIP"
        case .nmsByClass: "HAILO NMS BY CLASS"
        case .nmsByScore: "HAILO NMS BY SCORE"
        default: "Nan"
        }
    }

    package var isNms: Bool {
        self == .nmsOnChip || self == .nmsByClass || self == .nmsByScore || self == .nmsWithByteMask
    }

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

    /// The order in which the host sees what the chip holds in this one, unless it asks for another.
    package var standardOnHost: Order {
        switch self {
        case .nhcw, .rgb888: .nhwc
        case .yyuv: .nv12
        case .yyvu: .nv21
        case .yyyyuv: .i420
        case .nmsOnChip: .nmsByClass
        default: self
        }
    }
}
