internal import HailoBase

/// What has been done with frames, by a session on a device, or by all of a device.
struct Activity {
    /// Frames that came back.
    var frames: UInt64 = 0
    /// How often the device was switched to the session.
    var turns: UInt64 = 0
    /// Nanoseconds during which the device had frames.
    var busy: UInt64 = 0
    /// Nanoseconds during which frames waited for a turn.
    var waited: UInt64 = 0
    private var busySince: UInt64?

    /// Whether the device has frames.
    var isBusy: Bool {
        get { busySince != nil }
        set {
            busy = now.busy
            busySince = newValue ? Clock.now : nil
        }
    }

    /// Since when the device has had frames without a break; 0 if it has none.
    var busyStart: UInt64 { busySince ?? 0 }

    /// With what has not ended yet.
    var now: Activity {
        guard let since = busySince else { return self }
        var value = self
        let now = Clock.now
        value.busy += now - min(since, now)
        return value
    }

    static func + (first: Activity, second: Activity) -> Activity {
        var sum = first
        sum.frames += second.frames
        sum.turns += second.turns
        sum.busy += second.busy
        sum.waited += second.waited
        return sum
    }
}

/// What has been done on a device since it was opened: by the sessions that it has, and by those that it had.
final class DeviceActivity: @unchecked Sendable {
    let begin = Clock.now
    private let lock = Lock()
    private var pipelines: [Pipeline] = []
    private var past = Activity()

    func add(_ pipeline: Pipeline, _ publication: PublishedActivity?) {
        pipeline.publish(publication)
        lock.withLock { pipelines.append(pipeline) }
    }

    func remove(_ pipeline: Pipeline) {
        pipeline.publish(nil)
        lock.withLock {
            guard let index = pipelines.firstIndex(where: { $0 === pipeline }) else { return }
            past = past + pipelines.remove(at: index).activity
        }
    }

    var total: (activity: Activity, sessions: Int) {
        lock.withLock { (pipelines.reduce(past) { $0 + $1.activity }, pipelines.count) }
    }
}
