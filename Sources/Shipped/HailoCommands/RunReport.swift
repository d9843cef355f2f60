internal import HailoBase
internal import Hailo

/// What "hailoctl run" did, for people and for programs.
struct RunReport {
    struct Group {
        let name: String
        let frames: Int
        /// How many frames were in flight at a time.
        let depth: Int
        let outputs: [FrameLoop.Stream]
        var timing: FrameTiming?
        var found: [DetectionView.Found] = []
        var origin = DataOrigin.chip
        /// Pictures that were drawn.
        var pictures: [String] = []

        /// The files that were written.
        var files: [String] {
            outputs.compactMap { output in output.path.map { FrameFile.Sink.path($0, output.name) } } + pictures
        }

        var text: String {
            guard let timing else { return "group \(name): configured, activated and deactivated" }
            let note = origin == .synthetic ? " (synthetic outputs: no chip computed them)" : ""
            let text = "group \(name): \(counted(frames, "frame"))" + note
            func milliseconds(_ share: Double) -> String {
                let hundredths = Int(timing.latency(share) * 100 + 0.5)
                return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10) ms"
            }
            return text + ", \(Int(timing.framesPerSecond)) frames/s, latency \(milliseconds(0.5)) (median), "
                + "\(milliseconds(0.99)) (99 %) with \(depth) in flight"
        }
    }

    private let path: String
    private let device: DeviceInfo
    var groups: [Group] = []

    init(path: String, _ device: DeviceInfo) {
        self.path = path
        self.device = device
    }

    var json: String {
        var writer = JSONWriter()
        writer.object { report in
            report.string("model", path)
            report.string("device", device.id)
            report.boolean("emulated", device.isEmulated)
            report.array("groups") { list in
                for group in groups { list.object { RunReport.write(group, to: &$0) } }
            }
        }
        return writer.text
    }

    private static func write(_ group: Group, to object: inout JSONWriter) {
        object.string("group", group.name)
        object.number("frames", group.frames)
        guard let timing = group.timing else { return }
        object.string("data_origin", group.origin.name)
        object.number("depth", group.depth)
        object.number("seconds", timing.seconds)
        object.number("frames_per_second", timing.framesPerSecond)
        object.object("latency_ms") { latency in
            latency.number("p50", timing.latency(0.5))
            latency.number("p99", timing.latency(0.99))
            latency.number("max", timing.latency(1))
        }
        if !group.found.isEmpty {
            object.array("found") { list in
                for found in group.found { list.object { found.write(to: &$0) } }
            }
        }
        if !group.pictures.isEmpty {
            object.array("pictures") { list in
                for picture in group.pictures { list.string(nil, picture) }
            }
        }
        object.array("outputs") { list in
            for output in group.outputs {
                list.object { entry in
                    entry.string("name", output.name)
                    entry.number("frame_size", output.frameSize)
                    if let folder = output.path { entry.string("file", FrameFile.Sink.path(folder, output.name)) }
                }
            }
        }
    }
}
