package import HailoBase

/// The answer to GET_DEVICE_INFORMATION: what is fused into the chip and how it was started.
package struct DeviceInformation: Equatable, Sendable {
    package var coreClock: UInt32
    package var supportedFeatures: UInt32
    package var bootSource: UInt32
    package var lifeCycleState: UInt8
    package var socID: [UInt8]
    package var ethernetAddress: [UInt8]
    package var unitTrackingID: [UInt8]
    package var processMonitor: [UInt8]
    /// Which clusters of a Hailo-8L work, one bit each.
    package var clusterLayout: UInt32

    package init(
        coreClock: UInt32, supportedFeatures: UInt32, bootSource: UInt32, lifeCycleState: UInt8, socID: [UInt8],
        ethernetAddress: [UInt8], unitTrackingID: [UInt8], processMonitor: [UInt8], clusterLayout: UInt32
    ) {
        self.coreClock = coreClock
        self.supportedFeatures = supportedFeatures
        self.bootSource = bootSource
        self.lifeCycleState = lifeCycleState
        self.socID = socID
        self.ethernetAddress = ethernetAddress
        self.unitTrackingID = unitTrackingID
        self.processMonitor = processMonitor
        self.clusterLayout = clusterLayout
    }

    package static let request = ControlRequest(.getDeviceInformation)

    package init(_ response: ControlResponse) throws(HailoError) {
        var reader = ResponseReader(response, to: .getDeviceInformation)
        coreClock = try reader.bigEndian(UInt32.self)
        // Eight bytes, of which only the first four mean something.
        supportedFeatures = try reader.bytes(8).bigEndian(UInt32.self, at: 0) ?? 0
        bootSource = try reader.bigEndian(UInt32.self)
        lifeCycleState = try reader.bigEndian(UInt8.self)
        socID = Array(try reader.bytes(32))
        ethernetAddress = Array(try reader.bytes(6))
        unitTrackingID = Array(try reader.bytes(12))
        processMonitor = Array(try reader.bytes(24))
        clusterLayout = try reader.bigEndian(UInt32.self)
    }

    package var parameters: [[UInt8]] {
        var clock: [UInt8] = []
        var features: [UInt8] = []
        var source: [UInt8] = []
        var layout: [UInt8] = []
        clock.appendBigEndian(coreClock)
        features.appendBigEndian(supportedFeatures)
        features.appendBigEndian(UInt32(0))
        source.appendBigEndian(bootSource)
        layout.appendBigEndian(clusterLayout)
        return [
            clock, features, source, [lifeCycleState], socID, ethernetAddress, unitTrackingID, processMonitor, layout,
        ]
    }
}
