internal import HailoBase
internal import Hailo

/// "hailoctl monitor"
enum MonitorCommand {
    private struct Request {
        let nanoseconds: UInt64
        /// nil without end.
        let count: Int?
        let isJSON: Bool
    }

    static func run(_ words: ArraySlice<String>) throws(CommandFailure) {
        let request = try CommandFailure.usage(of: "monitor") { () throws(UsageError) in try read(words) }
        let width = request.isJSON ? nil : Output.width
        var left = request.count ?? (width == nil ? 1 : Int.max)
        var last = ActivityLook()
        while left > 0, Output.failure == nil {
            left -= 1
            Clock.sleep(nanoseconds: request.nanoseconds)
            let look = ActivityLook()
            let rates = ActivityRates(from: last, to: look)
            last = look
            if request.isJSON {
                Output.answer(rates.json)
            } else {
                // A terminal is cleared first.
                Output.answer((width == nil ? "" : "\u{1b}[H\u{1b}[2J") + rates.text(width: width))
            }
        }
    }

    private static func read(_ words: ArraySlice<String>) throws(UsageError) -> Request {
        let arguments = try Arguments(words, flags: ["--json"], options: ["--interval", "--count"])
        try arguments.expectNothingElse()
        let text = arguments.value("--interval") ?? "1"
        guard let seconds = Double(decimal: text), seconds >= 0.01, seconds <= 86_400 else {
            throw UsageError(message: "--interval takes a number of seconds from 0.01 to 86400, not \"\(text)\"")
        }
        var count: Int?
        if let text = arguments.value("--count") {
            guard let number = Int(text), number > 0 else {
                throw UsageError(message: "--count takes a number from 1, not \"\(text)\"")
            }
            count = number
        }
        return Request(nanoseconds: UInt64(seconds * 1e9), count: count, isJSON: arguments.has("--json"))
    }
}
