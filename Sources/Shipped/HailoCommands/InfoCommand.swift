internal import HailoBase
internal import Hailo

/// "hailoctl info"
enum InfoCommand {
    private struct Readings {
        let info: DeviceInfo
        let temperature: Temperature
        /// nil unless it was asked for.
        let power: Float?
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let arguments = try CommandFailure.usage(of: "info") { () throws(UsageError) in
            let arguments = try Arguments(words, flags: ["--json", "--power"], options: ["--device"])
            try arguments.expectNothingElse()
            return arguments
        }
        let readings = try CommandFailure.operation { () throws(HailoError) in
            let device = try Device.open(arguments.value("--device"))
            let info = try device.info
            let power = arguments.has("--power") ? try device.power() : nil
            return Readings(info: info, temperature: try device.temperature(), power: power)
        }
        Output.answer(arguments.has("--json") ? json(readings) : text(readings))
    }

    private static func text(_ readings: Readings) -> String {
        let info = readings.info
        let kind = info.isEmulated ? " (emulated: no value comes from a chip)" : ""
        var rows = [
            ["device", info.id + kind],
            ["architecture", info.chip.name],
            ["board", info.boardName],
            ["product", info.productName],
            ["part number", info.partNumber],
            ["serial number", info.serialNumber],
            ["kernel driver", info.driverVersion.description],
            ["firmware", info.firmwareVersion.description + (info.firmwareIsRelease ? "" : " (development build)")],
            ["core firmware", info.coreFirmwareVersion.description],
            ["core clock", "\(info.coreClock / 1_000_000) MHz"],
            ["boot source", info.bootSource.name],
            ["features", info.features.names.joined(separator: ", ")],
            ["descriptor page", "\(info.dmaPageSize) bytes"],
            ["temperature", "\(readings.temperature.sensor0) °C, \(readings.temperature.sensor1) °C"],
        ]
        if let note = info.releaseNote { rows.append(["note", note]) }
        if !info.path.isEmpty { rows.insert(["file", info.path], at: 1) }
        if info.chip == .hailo8l { rows.append(["cluster layout", info.clusterLayout.hexadecimal]) }
        if let power = readings.power { rows.append(["power", "\(power) W"]) }
        return Table(rows).text()
    }

    private static func json(_ readings: Readings) -> String {
        let info = readings.info
        var writer = JSONWriter()
        writer.object { object in
            object.string("id", info.id)
            object.string("path", info.path)
            object.boolean("emulated", info.isEmulated)
            object.string("data_origin", info.dataOrigin.name)
            object.string("architecture", info.chip.name)
            object.string("board_name", info.boardName)
            object.string("product_name", info.productName)
            object.string("part_number", info.partNumber)
            object.string("serial_number", info.serialNumber)
            object.string("driver_version", info.driverVersion.description)
            object.string("firmware_version", info.firmwareVersion.description)
            object.string("core_firmware_version", info.coreFirmwareVersion.description)
            object.boolean("firmware_is_release", info.firmwareIsRelease)
            object.boolean("served", info.isServed)
            if let note = info.releaseNote { object.string("note", note) }
            object.number("control_protocol_version", info.controlProtocolVersion)
            object.number("core_clock_hz", info.coreClock)
            object.string("boot_source", info.bootSource.name)
            object.array("features") { list in
                for name in info.features.names { list.string(nil, name) }
            }
            object.number("life_cycle_state", info.lifeCycleState)
            object.number("cluster_layout", info.clusterLayout)
            object.string("soc_id", info.socID.hexadecimal)
            object.string("ethernet_address", info.ethernetAddress.hexadecimal)
            object.string("unit_tracking_id", info.unitTrackingID.hexadecimal)
            object.string("process_monitor", info.processMonitor.hexadecimal)
            object.number("dma_page_size", info.dmaPageSize)
            object.number("dma_engines", info.dmaEngines)
            object.object("temperature") { temperature in
                temperature.number("sensor0", readings.temperature.sensor0)
                temperature.number("sensor1", readings.temperature.sensor1)
                temperature.number("sample_count", readings.temperature.sampleCount)
            }
            if let power = readings.power { object.number("power_watts", power) }
        }
        return writer.text
    }
}
