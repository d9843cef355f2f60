internal import HailoBase
internal import Hailo
internal import HailoRuntime

/// What all processes had done at a moment.
struct ActivityLook {
    let time = Clock.now
    let sessions = ProcessActivity.all()
}

/// What processes did between two moments.
struct ActivityRates {
    private struct SessionRow {
        let activity: ProcessActivity
        let deviceKey: String
        let framesPerSecond: Double
        let turnsPerSecond: Double
        /// Shares of the time.
        let busy: Double
        let waiting: Double
    }

    private struct DeviceRow {
        let name: String
        let temperature: Float?
        let sessions: Int
        let framesPerSecond: Double
        let busy: Double
    }

    private let seconds: Double
    private let sessions: [SessionRow]
    private let devices: [DeviceRow]

    init(from first: ActivityLook, to last: ActivityLook) {
        let time = last.time - min(first.time, last.time)
        let seconds = Double(max(time, 1)) / 1e9
        let sessions = last.sessions.map { ActivityRates.session($0, first, seconds) }
        var names = ((try? DeviceList.scan().entries) ?? []).filter { $0.isSupported }.map { $0.path }
        for session in sessions where !names.contains(session.deviceKey) { names.append(session.deviceKey) }
        devices = names.map { name in ActivityRates.device(name, sessions.filter { $0.deviceKey == name }) }
        self.seconds = seconds
        self.sessions = sessions
    }

    private static func session(_ new: ProcessActivity, _ look: ActivityLook, _ seconds: Double) -> SessionRow {
        let old = look.sessions.first {
            $0.process == new.process && $0.begin == new.begin && $0.device == new.device && $0.group == new.group
        }
        func rate(_ value: (ProcessActivity) -> UInt64) -> Double {
            let (before, now) = (old.map(value) ?? 0, value(new))
            return Double(now - min(before, now)) / seconds
        }
        // An emulated device is its process's own, unless it is shared.
        let isOwn =
            !new.device.hasPrefix("/") && !new.device.split(separator: ",").contains { $0.hasPrefix("shared=") }
        return SessionRow(
            activity: new, deviceKey: isOwn ? "\(new.device) in \(new.process.number)" : new.device,
            framesPerSecond: rate { $0.frames }, turnsPerSecond: rate { $0.turns },
            busy: min(rate { $0.busy } / 1e9, 1), waiting: min(rate { $0.waited } / 1e9, 1))
    }

    private static func device(_ name: String, _ sessions: [SessionRow]) -> DeviceRow {
        let temperature = try? Device.open(name).temperature()
        return DeviceRow(
            name: name, temperature: temperature.map { max($0.sensor0, $0.sensor1) }, sessions: sessions.count,
            framesPerSecond: sessions.reduce(0) { $0 + $1.framesPerSecond },
            busy: min(sessions.reduce(0) { $0 + $1.busy }, 1))
    }

    // MARK: For people

    func text(width: Int?) -> String {
        var table = [["DEVICE", "TEMPERATURE", "BUSY", "FRAMES/S", "SESSIONS"]]
        for device in devices {
            table.append([
                device.name, device.temperature.map { tenths(Double($0)) + " °C" } ?? "-", percent(device.busy),
                tenths(device.framesPerSecond), "\(device.sessions)",
            ])
        }
        guard !sessions.isEmpty else {
            let none = "No program that this user may look at runs frames with this library."
            return devices.isEmpty ? none : Table(table).text(width: width) + "\n\n" + none
        }
        var rows = [
            ["PROGRAM", "GROUP", "DEVICE", "FRAMES", "FRAMES/S", "TURNS/S", "BUSY", "WAITING", "IN FLIGHT"]
        ]
        for session in sessions {
            let activity = session.activity
            rows.append([
                "\(activity.process.name) (\(activity.process.number))", activity.group, activity.device,
                "\(activity.frames)", tenths(session.framesPerSecond), tenths(session.turnsPerSecond),
                percent(session.busy), percent(session.waiting), "\(activity.framesInFlight)",
            ])
        }
        return Table(table).text(width: width) + "\n\n" + Table(rows).text(width: width)
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private func tenths(_ number: Double) -> String {
        guard number.magnitude < 1e12 else { return "-" }
        let tenths = Int((number.magnitude * 10).rounded())
        return (number < 0 && tenths > 0 ? "-" : "") + "\(tenths / 10).\(tenths % 10)"
    }

    // MARK: For programs

    var json: String {
        var writer = JSONWriter()
        writer.object { report in
            report.number("seconds", seconds)
            report.array("devices") { list in
                for device in devices { list.object { ActivityRates.write(device, to: &$0) } }
            }
            report.array("sessions") { list in
                for session in sessions { list.object { ActivityRates.write(session, to: &$0) } }
            }
        }
        return writer.text
    }

    private static func write(_ device: DeviceRow, to object: inout JSONWriter) {
        object.string("device", device.name)
        if let temperature = device.temperature { object.number("temperature", temperature) }
        object.number("busy", device.busy)
        object.number("frames_per_second", device.framesPerSecond)
        object.number("sessions", device.sessions)
    }

    private static func write(_ session: SessionRow, to object: inout JSONWriter) {
        let activity = session.activity
        object.number("pid", activity.process.number)
        object.string("program", activity.process.name)
        object.string("group", activity.group)
        object.string("device", activity.device)
        object.number("age_seconds", Double(Clock.now - min(activity.begin, Clock.now)) / 1e9)
        object.number("frames", activity.frames)
        object.number("frames_per_second", session.framesPerSecond)
        object.number("turns", activity.turns)
        object.number("turns_per_second", session.turnsPerSecond)
        object.number("busy", session.busy)
        object.number("busy_seconds", Double(activity.busy) / 1e9)
        object.number("waiting", session.waiting)
        object.number("waiting_seconds", Double(activity.waited) / 1e9)
        object.number("frames_in_flight", activity.framesInFlight)
    }
}
