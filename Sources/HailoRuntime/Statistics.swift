internal import HailoBase

extension Session {
    /// What a session has done since it was created, on all its devices.
    public struct Statistics: Equatable, Sendable {
        /// Frames that came back.
        public let frames: UInt64
        /// How often a device was switched to the session.
        public let turns: UInt64
        /// Nanoseconds during which a device had frames of it, added up over its devices.
        public let busyNanoseconds: UInt64
        /// Nanoseconds during which frames waited for a turn.
        public let waitingNanoseconds: UInt64
        /// Nanoseconds since it was created.
        public let elapsedNanoseconds: UInt64
        /// Frames that were submitted and are not finished.
        public let framesInFlight: Int
    }

    public var statistics: Statistics {
        let total = parts.reduce(Activity()) { $0 + $1.pipeline.activity }
        return Statistics(
            frames: total.frames, turns: total.turns, busyNanoseconds: total.busy, waitingNanoseconds: total.waited,
            elapsedNanoseconds: Clock.now - begin, framesInFlight: runner.framesInFlight)
    }
}

extension Device {
    /// What this process has done with a device since it was opened.
    public struct Statistics: Equatable, Sendable {
        /// Frames that came back.
        public let frames: UInt64
        /// How often the device was switched to another session.
        public let turns: UInt64
        /// Nanoseconds during which it had frames.
        public let busyNanoseconds: UInt64
        /// Nanoseconds since it was opened.
        public let elapsedNanoseconds: UInt64
        /// How many sessions it has.
        public let sessions: Int
    }

    public var statistics: Statistics {
        let (total, sessions) = activity.total
        return Statistics(
            frames: total.frames, turns: total.turns, busyNanoseconds: total.busy,
            elapsedNanoseconds: Clock.now - activity.begin, sessions: sessions)
    }
}
