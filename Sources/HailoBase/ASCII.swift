extension UInt8 {
    /// The small letter in place of a capital one.
    package var loweredASCII: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}
