package import HailoBase

/// The answer to GET_HW_CONSTS: what the chip's streams can take.
package struct HardwareConstants: Equatable, Sendable {
    package var fifoWord: UInt32
    package var maximumPeripheryBuffersPerFrame: UInt16
    package var maximumPeripheryBytesPerBuffer: UInt16
    package var maximumAcceptableBytesPerBuffer: UInt16
    package var outboundStreamSize: UInt32
    package var optimizesCredits: Bool
    package var defaultInitialCredit: UInt32

    /// What firmware 4.23.0 answers on a Hailo-8 and on a Hailo-8L.
    package static let firmware4_23 = HardwareConstants(
        fifoWord: 8, maximumPeripheryBuffersPerFrame: 0xffff, maximumPeripheryBytesPerBuffer: 0xffff,
        maximumAcceptableBytesPerBuffer: 0xa000, outboundStreamSize: 0x10000, optimizesCredits: true,
        defaultInitialCredit: 0x10000)

    package init(
        fifoWord: UInt32, maximumPeripheryBuffersPerFrame: UInt16, maximumPeripheryBytesPerBuffer: UInt16,
        maximumAcceptableBytesPerBuffer: UInt16, outboundStreamSize: UInt32, optimizesCredits: Bool,
        defaultInitialCredit: UInt32
    ) {
        self.fifoWord = fifoWord
        self.maximumPeripheryBuffersPerFrame = maximumPeripheryBuffersPerFrame
        self.maximumPeripheryBytesPerBuffer = maximumPeripheryBytesPerBuffer
        self.maximumAcceptableBytesPerBuffer = maximumAcceptableBytesPerBuffer
        self.outboundStreamSize = outboundStreamSize
        self.optimizesCredits = optimizesCredits
        self.defaultInitialCredit = defaultInitialCredit
    }

    package static let request = ControlRequest(.getHardwareConstants)
    private static let size = 19

    /// One parameter that holds all of them, little endian.
    package init(_ response: ControlResponse) throws(HailoError) {
        let bytes = try response.parameter(0, atLeast: HardwareConstants.size, of: .getHardwareConstants)
        self.init(
            fifoWord: bytes.littleEndian(UInt32.self, at: 0) ?? 0,
            maximumPeripheryBuffersPerFrame: bytes.littleEndian(UInt16.self, at: 4) ?? 0,
            maximumPeripheryBytesPerBuffer: bytes.littleEndian(UInt16.self, at: 6) ?? 0,
            maximumAcceptableBytesPerBuffer: bytes.littleEndian(UInt16.self, at: 8) ?? 0,
            outboundStreamSize: bytes.littleEndian(UInt32.self, at: 10) ?? 0,
            optimizesCredits: bytes.littleEndian(UInt8.self, at: 14) != 0,
            defaultInitialCredit: bytes.littleEndian(UInt32.self, at: 15) ?? 0)
        guard fifoWord > 0 else {
            throw HailoError(.firmwareResponse, "the firmware's answer to GET_HW_CONSTS has a FIFO word of 0 bytes")
        }
    }

    package var parameters: [[UInt8]] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(fifoWord)
        bytes.appendLittleEndian(maximumPeripheryBuffersPerFrame)
        bytes.appendLittleEndian(maximumPeripheryBytesPerBuffer)
        bytes.appendLittleEndian(maximumAcceptableBytesPerBuffer)
        bytes.appendLittleEndian(outboundStreamSize)
        bytes.append(optimizesCredits ? 1 : 0)
        bytes.appendLittleEndian(defaultInitialCredit)
        return [bytes]
    }
}
