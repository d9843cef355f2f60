internal import HailoBase
internal import Hailo

/// "hailoctl devices"
enum DevicesCommand {
    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let arguments = try CommandFailure.usage(of: "devices") { () throws(UsageError) in
            let arguments = try Arguments(words, flags: ["--json"], options: [])
            try arguments.expectNothingElse()
            return arguments
        }
        let entries = try CommandFailure.operation { () throws(HailoError) in
            try DeviceList.scan(includingEmulated: true).entries
        }
        Output.answer(arguments.has("--json") ? json(entries) : text(entries))
    }

    private static func text(_ entries: [DeviceList.Entry]) -> String {
        var rows = [["DEVICE", "FILE", "KIND"]]
        for entry in entries {
            let kind =
                entry.isEmulated ? "emulated" : entry.isSupported ? "card" : "card of an unsupported family"
            rows.append([entry.id, entry.path.isEmpty ? "-" : entry.path, kind])
        }
        let table = Table(rows).text()
        let hasCard = entries.contains { !$0.isEmulated }
        return hasCard
            ? table
            : table + "\n\nNo card found. With one in the machine, check lspci -d 1e60: and modprobe hailo_pci."
    }

    private static func json(_ entries: [DeviceList.Entry]) -> String {
        var writer = JSONWriter()
        writer.object { object in
            object.array("devices") { list in
                for entry in entries {
                    list.object { device in
                        device.string("id", entry.id)
                        device.string("path", entry.path)
                        device.boolean("emulated", entry.isEmulated)
                        device.boolean("supported", entry.isSupported)
                    }
                }
            }
        }
        return writer.text
    }
}
