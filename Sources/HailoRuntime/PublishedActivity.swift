package import HailoBase

/// What a session has done on a device, where "hailoctl monitor" can read it.
final class PublishedActivity: @unchecked Sendable {
    private let entry: PublishedEntry

    /// nil if there is no place for it, which changes nothing else.
    init?(device: String, group: String) {
        guard let entry = PublishedEntry() else { return nil }
        self.entry = entry
        entry.write(device, to: Word.device, words: Word.group - Word.device)
        entry.write(group, to: Word.group, words: PublishedEntry.words - Word.group)
        entry.write(Clock.now, to: Word.begin)
    }

    func update(_ activity: Activity, framesInFlight: Int) {
        entry.write(activity.frames, to: Word.frames)
        entry.write(activity.turns, to: Word.turns)
        entry.write(activity.busy, to: Word.busy)
        entry.write(activity.busyStart, to: Word.busyStart)
        entry.write(activity.waited, to: Word.waited)
        entry.write(UInt64(framesInFlight), to: Word.inFlight)
    }
}

/// What the words of an entry are.
private enum Word {
    /// 0 of an entry that is not in use.
    static let begin = 0
    static let frames = 1
    static let turns = 2
    static let busy = 3
    static let busyStart = 4
    static let waited = 5
    static let inFlight = 6
    // Two texts.
    static let device = 8
    static let group = 16
}

/// What a session of any process had done on a device when its process was looked at.
package struct ProcessActivity {
    package let process: FileUsers.Process
    package let device: String
    package let group: String
    /// When the session was created, on the clock that all processes share.
    package let begin: UInt64
    package let frames: UInt64
    package let turns: UInt64
    /// Nanoseconds.
    package let busy: UInt64
    package let waited: UInt64
    package let framesInFlight: UInt64

    /// Of all processes that this user may look at, in the order of their numbers.
    package static func all() -> [ProcessActivity] { PublishedEntry.all().compactMap { ProcessActivity($0) } }

    private init?(_ entry: PublishedEntry.Copy) {
        begin = entry.word(Word.begin)
        guard begin != 0 else { return nil }
        process = entry.process
        device = entry.text(Word.device, words: Word.group - Word.device)
        group = entry.text(Word.group, words: PublishedEntry.words - Word.group)
        frames = entry.word(Word.frames)
        turns = entry.word(Word.turns)
        let (now, start) = (Clock.now, entry.word(Word.busyStart))
        busy = entry.word(Word.busy) &+ (start == 0 ? 0 : now - min(start, now))
        waited = entry.word(Word.waited)
        framesInFlight = entry.word(Word.inFlight)
    }
}
