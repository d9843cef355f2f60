/// The order of a tensor's numbers, with the vendor's codes.
public struct Order: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let automatic = Order(rawValue: 0)
    public static let nhwc = Order(rawValue: 1)
    public static let nhcw = Order(rawValue: 2)
    public static let fcr = Order(rawValue: 3)
    public static let f8cr = Order(rawValue: 4)
    public static let nhw = Order(rawValue: 5)
    public static let nc = Order(rawValue: 6)
    public static let bayerRGB = Order(rawValue: 7)
    public static let bayerRGB12Bit = Order(rawValue: 8)
    public static let rgb888 = Order(rawValue: 10)
    public static let nchw = Order(rawValue: 11)
    public static let yuy2 = Order(rawValue: 12)
    public static let nv12 = Order(rawValue: 13)
    public static let nv21 = Order(rawValue: 14)
    public static let yyuv = Order(rawValue: 15)
    public static let yyvu = Order(rawValue: 16)
    public static let rgb4 = Order(rawValue: 17)
    public static let i420 = Order(rawValue: 18)
    public static let yyyyuv = Order(rawValue: 19)
    public static let nmsWithByteMask = Order(rawValue: 20)
    public static let nmsOnChip = Order(rawValue: 21)
    public static let nmsByClass = Order(rawValue: 22)
    public static let nmsByScore = Order(rawValue: 23)

    public var name: String {
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

    public var isNms: Bool {
        self == .nmsOnChip || self == .nmsByClass || self == .nmsByScore || self == .nmsWithByteMask
    }

    /// The order in which the host sees what the chip holds in this one, by default.
    public var standardOnHost: Order {
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
