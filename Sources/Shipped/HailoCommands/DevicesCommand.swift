internal import HailoBase
internal import Hailo

/// "hailoctl devices"
enum DevicesCommand {
    /// A device and what it says about itself, or why it does not.
    private struct Row {
        let entry: DeviceList.Entry
        let info: DeviceInfo?
        let problem: String?
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let arguments = try CommandFailure.usage(of: "devices") { () throws(UsageError) in
            let arguments = try Arguments(words, flags: ["--json"], options: [])
            try arguments.expectNothingElse()
            return arguments
        }
        let entries = try CommandFailure.operation { () throws(HailoError) in
            try DeviceList.scan(includingEmulated: true).entries
        }
        let rows = entries.map { ask($0) }
        Output.answer(arguments.has("--json") ? json(rows) : text(rows))
    }

    private static func ask(_ entry: DeviceList.Entry) -> Row {
        guard entry.isSupported else {
            return Row(entry: entry, info: nil, problem: "this library runs the Hailo-8 and the Hailo-8L only")
        }
        do throws(HailoError) {
            let info = try Device.open(entry.id).info
            return Row(entry: entry, info: info, problem: info.releaseNote)
        } catch {
            return Row(entry: entry, info: nil, problem: error.message)
        }
    }

    private static func text(_ rows: [Row]) -> String {
        var table = [["DEVICE", "FILE", "KIND", "DRIVER", "FIRMWARE", "SERVED"]]
        for row in rows {
            let entry = row.entry
            let kind =
                entry.isEmulated ? "emulated" : entry.isSupported ? "card" : "card of an unsupported family"
            table.append([
                entry.id, entry.path.isEmpty ? "-" : entry.path, kind, row.info?.driverVersion.description ?? "-",
                row.info?.firmwareVersion.description ?? "-", row.info?.isServed == true ? "yes" : "no",
            ])
        }
        var sections = [Table(table).text()]
        let problems = rows.compactMap { row in row.problem.map { "\(row.entry.id): \($0)" } }
        if !problems.isEmpty { sections.append(problems.joined(separator: "\n")) }
        if rows.allSatisfy({ $0.entry.isEmulated }) {
            sections.append("No card found. With one in the machine, check lspci -d 1e60: and modprobe hailo_pci.")
        }
        return sections.joined(separator: "\n\n")
    }

    private static func json(_ rows: [Row]) -> String {
        var writer = JSONWriter()
        writer.object { object in
            object.array("devices") { list in
                for row in rows {
                    list.object { device in
                        device.string("id", row.entry.id)
                        device.string("path", row.entry.path)
                        device.boolean("emulated", row.entry.isEmulated)
                        device.boolean("supported", row.entry.isSupported)
                        device.boolean("served", row.info?.isServed == true)
                        if let info = row.info {
                            device.string("driver_version", info.driverVersion.description)
                            device.string("firmware_version", info.firmwareVersion.description)
                        }
                        if let problem = row.problem { device.string("note", problem) }
                    }
                }
            }
        }
        return writer.text
    }
}
