import HailoBase
import Testing

@testable import HailoFirmware

@Suite struct FirmwareNotificationTests {
    private func bytes(_ kind: UInt32, count: UInt32, _ parameters: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in [1, 42, 0, 7, kind, count, UInt32(parameters.count)] { bytes.appendLittleEndian(word) }
        return bytes + parameters
    }

    private static func words(_ words: UInt32...) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in words { bytes.appendLittleEndian(word) }
        return bytes
    }

    private static let warm = Float(61.5).bitPattern
    private static let hot = Float(118).bitPattern
    private static let position: [UInt8] = [2, 3, 0, 1, 0, 0x10, 0x01]

    private static let samples:
        [(kind: UInt32, count: UInt32, parameters: [UInt8], event: FirmwareNotification.Event, text: String)] = [
            (0, 3, words(5, 1, 9), .ethernetReceiveError(error: 5, queue: 1, count: 9), "error 5 in queue 1"),
            (
                1, 5, words(0, 1, 1, 80, 0x0a00_0001),
                .hostInfo(connectionStatus: 0, connectionType: 1, usesDMA: true, port: 80, address: 0x0a00_0001),
                "port 80"
            ),
            (
                2, 4, words(1, 0, warm, hot), .temperatureAlarm(.orange, sensor: 0, sensor0: 61.5, sensor1: 118),
                "reached the orange zone"
            ),
            (
                2, 4, words(0, 1, warm, warm), .temperatureAlarm(.green, sensor: 1, sensor0: 61.5, sensor1: 61.5),
                "normal"
            ),
            (3, 2, words(hot, hot), .streamsClosed(sensor0: 118, sensor1: 118), "too hot: 118.0 °C"),
            (4, 4, words(1, warm) + [0], .overcurrentAlarm(.red, threshold: 61.5, isLast: false), "clock is lowered"),
            (
                4, 4, words(0, warm) + [0], .overcurrentAlarm(.green, threshold: 61.5, isLast: false),
                "no longer lowered"
            ),
            (4, 4, words(9, warm) + [1], .overcurrentAlarm(.red, threshold: 61.5, isLast: true), "last time"),
            (5, 1, [3, 0], .lcuMemoryCorrected(clusters: 3), "clusters 0x3 was corrected"),
            (6, 1, [0, 1], .lcuMemoryDamaged(clusters: 256), "not reliable"),
            (7, 1, words(4), .cpuMemoryCorrected(memories: 4), "0x4 was corrected"),
            (8, 1, words(4), .cpuMemoryDamaged(memories: 4), "Reset the device"),
            (
                9, 4, position,
                .breakpoint(FirmwareNotification.Position(application: 2, batch: 3, context: 1, action: 0x110)),
                "network group 2, batch 3, context 1, action 272"
            ),
            (10, 2, words(400, 200), .clockChanged(from: 400, to: 200), "from 400 to 200 Hz"),
            (11, 1, words(77), .hardwareInferenceDone(cycles: 77), "77 cycles"),
            (
                12, 5, words(0x4013_0020) + position,
                .runTimeError(
                    FirmwareStatus(rawValue: 0x4013_0020),
                    at: FirmwareNotification.Position(application: 2, batch: 3, context: 1, action: 0x110)),
                "context switch task: timeout while waiting for interrupt (0x40130020)"
            ),
            (13, 1, words(5, 1), .cacheOffsetUpdate(caches: 0x1_0000_0005), "0x100000005"),
        ]

    @Test func allEvents() throws {
        #expect(Set(FirmwareNotificationTests.samples.map { $0.kind }) == Set(0..<14))
        for sample in FirmwareNotificationTests.samples {
            let notification = try FirmwareNotification(bytes(sample.kind, count: sample.count, sample.parameters))
            #expect(notification.sequence == 42)
            #expect(notification.event == sample.event)
            #expect(notification.event.text.contains(sample.text), "\(notification.event.text)")
        }
    }

    @Test func severities() throws {
        #expect(FirmwareNotification.Event.streamsClosed(sensor0: 0, sensor1: 0).severity == .failure)
        #expect(FirmwareNotification.Event.clockChanged(from: 0, to: 0).severity == .warning)
        #expect(
            FirmwareNotification.Event.temperatureAlarm(.red, sensor: 0, sensor0: 0, sensor1: 0).severity == .failure)
        #expect(FirmwareNotification.Event.overcurrentAlarm(.green, threshold: 0, isLast: true).severity == .failure)
        #expect(FirmwareNotification.Event.hardwareInferenceDone(cycles: 0).severity == .debug)
    }

    @Test func whatMakesNoSenseIsRefused() {
        for sample in FirmwareNotificationTests.samples {
            let right = bytes(sample.kind, count: sample.count, sample.parameters)
            for wrong in [Array(right.dropLast()), bytes(sample.kind, count: sample.count + 1, sample.parameters)] {
                let error = #expect(throws: HailoError.self) { try FirmwareNotification(wrong) }
                #expect(error?.status == .firmwareResponse)
            }
        }
        for wrong in [
            [], [UInt8](repeating: 0, count: 23), bytes(14, count: 1, [0, 0, 0, 0]), bytes(.max, count: 0, []),
            bytes(2, count: 4, FirmwareNotificationTests.words(3, 0, 0, 0)),
            bytes(4, count: 4, FirmwareNotificationTests.words(2, 0) + [0]),
        ] {
            let error = #expect(throws: HailoError.self) { try FirmwareNotification(wrong) }
            #expect(error?.message.contains("makes no sense") == true)
        }
    }
}
