/// Where messages go that are no errors. Nowhere, until somebody asks for them.
public enum Log {
    public enum Level: Int32, Comparable, Sendable {
        case debug = 0
        case info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private static let lock = Lock()
    nonisolated(unsafe) private static var sink: (@Sendable (Level, String) -> Void)?
    nonisolated(unsafe) private static var threshold = Level.error

    /// Sends messages of `level` and above to `sink`, one at a time; nil silences them. Once this returns, the previous
    /// sink is not running, unless the caller is in it.
    public static func send(from level: Level, to sink: (@Sendable (Level, String) -> Void)?) {
        lock.withLock {
            threshold = level
            self.sink = sink
        }
    }

    package static func debug(_ message: @autoclosure () -> String) { write(.debug, message) }
    package static func info(_ message: @autoclosure () -> String) { write(.info, message) }
    package static func warning(_ message: @autoclosure () -> String) { write(.warning, message) }
    package static func error(_ message: @autoclosure () -> String) { write(.error, message) }

    private static func write(_ level: Level, _ message: () -> String) {
        lock.withLock {
            guard let sink, level >= threshold else { return }
            sink(level, message())
        }
    }
}
