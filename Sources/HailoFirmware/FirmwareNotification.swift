package import HailoBase

/// Something that the firmware tells on its own accord. Unlike in control messages, all numbers are little endian.
package struct FirmwareNotification: Equatable, Sendable {
    package let sequence: UInt32
    package let event: Event

    package enum TemperatureZone: UInt32, Sendable {
        case green = 0
        case orange, red
    }

    package enum OvercurrentZone: UInt32, Sendable {
        case green = 0
        case red
    }

    /// Where in a network group the context switch was.
    package struct Position: Equatable, Sendable {
        package let application: UInt8
        package let batch, context, action: UInt16
    }

    package enum Event: Equatable, Sendable {
        case ethernetReceiveError(error: UInt32, queue: UInt32, count: UInt32)
        case hostInfo(connectionStatus: UInt32, connectionType: UInt32, usesDMA: Bool, port: UInt32, address: UInt32)
        case temperatureAlarm(TemperatureZone, sensor: UInt32, sensor0: Float, sensor1: Float)
        case streamsClosed(sensor0: Float, sensor1: Float)
        case overcurrentAlarm(OvercurrentZone, threshold: Float, isLast: Bool)
        case lcuMemoryCorrected(clusters: UInt16)
        case lcuMemoryDamaged(clusters: UInt16)
        case cpuMemoryCorrected(memories: UInt32)
        case cpuMemoryDamaged(memories: UInt32)
        case breakpoint(Position)
        case clockChanged(from: UInt32, to: UInt32)
        case hardwareInferenceDone(cycles: UInt32)
        case runTimeError(FirmwareStatus, at: Position)
        case cacheOffsetUpdate(caches: UInt64)
    }

    /// How much a person should care.
    package enum Severity: Comparable, Sendable {
        case debug, information, warning, failure
    }

    private static let headerSize = 28

    /// What each kind of event states of its parameters: how many there are, and their bytes.
    private static let expectations: [(count: UInt32, length: Int)] = [
        (3, 12), (5, 20), (4, 16), (2, 8), (4, 9), (1, 2), (1, 2), (1, 4), (1, 4), (4, 7), (2, 8), (1, 4), (5, 11),
        (1, 8),
    ]

    private static let streamsClosed: UInt32 = 3
    /// Firmware up to 4.20 names the closed inputs and outputs before the temperatures.
    private static let olderStreamsClosed: (count: UInt32, length: Int) = (4, 16)

    package init(_ bytes: some RandomAccessCollection<UInt8>) throws(HailoError) {
        let bytes = Array(bytes)
        guard let sequence = bytes.littleEndian(UInt32.self, at: 4), let kind = bytes.littleEndian(UInt32.self, at: 16),
            let count = bytes.littleEndian(UInt32.self, at: 20)
        else {
            throw FirmwareNotification.nonsense(
                "\(counted(bytes.count, "byte")), less than a header of \(FirmwareNotification.headerSize)")
        }
        guard kind < UInt32(FirmwareNotification.expectations.count) else {
            throw FirmwareNotification.nonsense("event \(kind) is unknown")
        }
        var expected = FirmwareNotification.expectations[Int(kind)]
        if kind == FirmwareNotification.streamsClosed, count == FirmwareNotification.olderStreamsClosed.count {
            expected = FirmwareNotification.olderStreamsClosed
        }
        guard count == expected.count, bytes.count >= FirmwareNotification.headerSize + expected.length else {
            throw FirmwareNotification.nonsense(
                "event \(kind) has \(counted(count, "parameter")) in \(counted(max(bytes.count - FirmwareNotification.headerSize, 0), "byte")) instead of "
                    + "\(expected.count) in \(expected.length)")
        }
        self.sequence = sequence
        let parameters = Parameters(bytes: bytes[FirmwareNotification.headerSize...])
        guard let event = FirmwareNotification.event(kind, parameters, length: expected.length) else {
            throw FirmwareNotification.nonsense("event \(kind) names a zone that does not exist")
        }
        self.event = event
    }

    private static func nonsense(_ what: String) -> HailoError {
        HailoError(.firmwareResponse, "a notification of the firmware makes no sense: \(what)")
    }

    /// Parameters whose length was checked before.
    private struct Parameters {
        let bytes: ArraySlice<UInt8>

        func number<Number: FixedWidthInteger>(_ offset: Int, _ type: Number.Type = UInt32.self) -> Number {
            bytes.littleEndian(type, at: offset) ?? 0
        }

        func float(_ offset: Int) -> Float { Float(bitPattern: number(offset)) }

        func position(_ offset: Int) -> Position {
            Position(
                application: number(offset, UInt8.self), batch: number(offset + 1, UInt16.self),
                context: number(offset + 3, UInt16.self), action: number(offset + 5, UInt16.self))
        }
    }

    private static func event(_ kind: UInt32, _ parameters: Parameters, length: Int) -> Event? {
        switch kind {
        case 0:
            return .ethernetReceiveError(
                error: parameters.number(0), queue: parameters.number(4), count: parameters.number(8))
        case 1:
            return .hostInfo(
                connectionStatus: parameters.number(0), connectionType: parameters.number(4),
                usesDMA: parameters.number(8) != 0, port: parameters.number(12), address: parameters.number(16))
        case 2:
            return TemperatureZone(rawValue: parameters.number(0)).map {
                .temperatureAlarm(
                    $0, sensor: parameters.number(4), sensor0: parameters.float(8), sensor1: parameters.float(12))
            }
        case 3:
            // The temperatures come last.
            return .streamsClosed(sensor0: parameters.float(length - 8), sensor1: parameters.float(length - 4))
        case 4:
            // After the last violation the zone does not count.
            let isLast = parameters.number(8, UInt8.self) != 0
            let zone = OvercurrentZone(rawValue: parameters.number(0)) ?? (isLast ? .red : nil)
            return zone.map { .overcurrentAlarm($0, threshold: parameters.float(4), isLast: isLast) }
        case 5: return .lcuMemoryCorrected(clusters: parameters.number(0, UInt16.self))
        case 6: return .lcuMemoryDamaged(clusters: parameters.number(0, UInt16.self))
        case 7: return .cpuMemoryCorrected(memories: parameters.number(0))
        case 8: return .cpuMemoryDamaged(memories: parameters.number(0))
        case 9: return .breakpoint(parameters.position(0))
        case 10: return .clockChanged(from: parameters.number(0), to: parameters.number(4))
        case 11: return .hardwareInferenceDone(cycles: parameters.number(0))
        case 12: return .runTimeError(FirmwareStatus(rawValue: parameters.number(0)), at: parameters.position(4))
        default: return .cacheOffsetUpdate(caches: parameters.number(0, UInt64.self))
        }
    }
}

extension FirmwareNotification.Position {
    var text: String { "network group \(application), batch \(batch), context \(context), action \(action)" }
}

extension FirmwareNotification.Event {
    package var severity: FirmwareNotification.Severity {
        switch self {
        case .hostInfo, .breakpoint, .hardwareInferenceDone, .cacheOffsetUpdate: .debug
        case .temperatureAlarm(.green, _, _, _), .overcurrentAlarm(.green, _, false), .ethernetReceiveError:
            .information
        case .temperatureAlarm(.orange, _, _, _), .lcuMemoryCorrected, .cpuMemoryCorrected, .clockChanged: .warning
        case .temperatureAlarm, .overcurrentAlarm, .streamsClosed, .lcuMemoryDamaged, .cpuMemoryDamaged, .runTimeError:
            .failure
        }
    }

    /// What happened, and what to do about it where there is something to do.
    package var text: String {
        switch self {
        case .ethernetReceiveError(let error, let queue, let count):
            return "Ethernet receive error \(error) in queue \(queue), \(count) so far"
        case .hostInfo(let status, let type, let usesDMA, let port, let address):
            return "events go to connection \(type) (status \(status)), DMA \(usesDMA ? "on" : "off"), port \(port), "
                + "address \(address.hexadecimal)"
        case .temperatureAlarm(.green, _, let sensor0, let sensor1):
            return "the temperature is normal again: \(sensor0) °C and \(sensor1) °C"
        case .temperatureAlarm(let zone, let sensor, let sensor0, let sensor1):
            let name = zone == .orange ? "orange" : "red"
            return
                "the temperature reached the \(name) zone at sensor \(sensor): \(sensor0) °C and \(sensor1) °C. Cool "
                + "the card"
        case .streamsClosed(let sensor0, let sensor1):
            return
                "the firmware stopped all streams because the chip is too hot: \(sensor0) °C and \(sensor1) °C. Cool the "
                + "card, then activate the network group again"
        case .overcurrentAlarm(_, let threshold, true):
            return "the current exceeded \(threshold) mA for the last time that is tolerated. Check the power supply"
        case .overcurrentAlarm(.green, _, false):
            return "the current is normal again, the clock is no longer lowered"
        case .overcurrentAlarm(.red, let threshold, false):
            return "the current exceeded \(threshold) mA, the clock is lowered. Check the power supply"
        case .lcuMemoryCorrected(let clusters):
            return "a memory error in clusters \(clusters.hexadecimal) was corrected"
        case .lcuMemoryDamaged(let clusters):
            return
                "a memory error in clusters \(clusters.hexadecimal) could not be corrected; results are not reliable. "
                + "Configure the network group again"
        case .cpuMemoryCorrected(let memories):
            return "an error in the processors' memories \(memories.hexadecimal) was corrected"
        case .cpuMemoryDamaged(let memories):
            return
                "an error in the processors' memories \(memories.hexadecimal) could not be corrected. Reset the device"
        case .breakpoint(let position):
            return "breakpoint reached at \(position.text)"
        case .clockChanged(let before, let now):
            return "the clock changed from \(before) to \(now) Hz"
        case .hardwareInferenceDone(let cycles):
            return "inference on the chip alone took \(cycles) cycles"
        case .runTimeError(let status, let position):
            return "the network group stopped with an error at \(position.text): \(status.text)"
        case .cacheOffsetUpdate(let caches):
            return "the offsets of caches \(caches.hexadecimal) may be moved"
        }
    }
}
