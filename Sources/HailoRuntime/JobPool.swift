internal import HailoBase

/// Jobs that are over are used again, so that submitting allocates nothing once as many exist as are in flight at a time.
final class JobPool: @unchecked Sendable {
    private let lock = Lock()
    private var jobs: [Job] = []
    private var next = 0

    private static let maximum = 256

    /// A job that nobody else has.
    func take() -> Job {
        lock.withLock {
            for _ in jobs.indices {
                next = (next + 1) % jobs.count
                if isKnownUniquelyReferenced(&jobs[next]) { return jobs[next] }
            }
            let job = Job()
            if jobs.count < JobPool.maximum { jobs.append(job) }
            return job
        }
    }
}
