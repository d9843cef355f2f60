internal import HailoBase

/// The frames of a session that runs on several devices: they wait here until one of the devices takes them, and their results are
/// handed out in the order in which they came, whichever device is faster.
///
/// Frames stay in the memory of their jobs until a device takes them, so that those of a device that is lost can be taken by
/// another one.
final class FrameBacklog: FrameRunner, @unchecked Sendable {
    /// A frame that a device takes.
    struct Frame {
        let job: Job
        /// Its number within the job.
        let index: Int
        let ticket: Int
    }

    private struct Place {
        var job: Job?
        var index = 0
        var isBack = false
        var failure: HailoError?
    }

    let depth: Int
    private let framesAreReady: @Sendable (Int) -> Void
    private let condition = Condition()
    // All that follows is guarded by this lock.
    private var places: [Place]
    /// Frames are numbered: first come those whose results were handed out, then those that were taken, then those that wait.
    private var handedOut = 0
    private var taken = 0
    private var reserved = 0
    /// Frames that were taken by a device that cannot finish them.
    private var again: [Int] = []
    private var isHandingOut = false
    private var waiters = 0
    private var jobs = 0
    /// What keeps frames from being run.
    private var obstacle: HailoError?

    /// `framesAreReady` is told of frames that wait.
    init(depth: Int, framesAreReady: @escaping @Sendable (Int) -> Void) {
        self.depth = depth
        self.framesAreReady = framesAreReady
        places = [Place](repeating: Place(), count: depth)
    }

    // MARK: From the session

    var jobsInFlight: Int { condition.withLock { jobs } }
    var framesInFlight: Int { condition.withLock { reserved - handedOut } }

    func willBegin() throws(HailoError) {
        try condition.withLock { () throws(HailoError) in
            if let obstacle { throw obstacle }
            jobs += 1
        }
    }

    func didEnd() {
        condition.withLock {
            jobs -= 1
            notify()
        }
    }

    func send(_ job: Job, _ ports: HostPorts, until deadline: UInt64) throws(HailoError) {
        while job.reserved < job.count {
            try reserve(job, job.reserved, until: deadline)
            job.reserved += 1
            framesAreReady(1)
        }
    }

    private func reserve(_ job: Job, _ index: Int, until deadline: UInt64) throws(HailoError) {
        try condition.withLock { () throws(HailoError) in
            while obstacle == nil, !job.isUnwanted, reserved - handedOut == depth {
                guard Clock.now < deadline else {
                    throw HailoError(
                        .timeout,
                        "of \(counted(depth, "frame")) in flight on several devices, none came back within the timeout")
                }
                wait(until: deadline)
            }
            if let obstacle { throw obstacle }
            if job.isUnwanted { throw HailoError(.canceled, "the job was canceled") }
            places[reserved % depth] = Place(job: job, index: index)
            reserved += 1
        }
    }

    func interrupt(_ job: Job) {
        condition.withLock {
            job.isUnwanted = true
            notify()
        }
    }

    /// Devices are told with each batch how large it is.
    func fillBatch(_ end: Int, until deadline: UInt64) throws(HailoError) {}

    func drain(until deadline: UInt64) throws(HailoError) {
        try condition.withLock { () throws(HailoError) in
            while jobs > 0 {
                guard Clock.now < deadline else {
                    throw HailoError(.timeout, "\(counted(jobs, "job")) still in flight after the timeout")
                }
                wait(until: deadline)
            }
        }
    }

    private func wait(until deadline: UInt64) {
        waiters += 1
        condition.wait(until: deadline)
        waiters -= 1
    }

    private func notify() { if waiters > 0 { condition.notifyAll() } }

    // MARK: To the devices

    /// The frame that waits longest.
    func take() -> Frame? {
        condition.withLock {
            var ticket = taken
            if again.isEmpty {
                guard taken < reserved else { return nil }
                taken += 1
            } else {
                ticket = again.removeFirst()
            }
            let place = places[ticket % depth]
            guard let job = place.job else { return nil }
            return Frame(job: job, index: place.index, ticket: ticket)
        }
    }

    /// A device could not finish a frame, which another one shall.
    func putBack(_ ticket: Int) {
        condition.withLock {
            guard ticket >= handedOut, ticket < taken else { return }
            again.insert(ticket, at: again.firstIndex { $0 > ticket } ?? again.count)
        }
    }

    /// A frame is back, and its outputs are where they belong.
    func didFinish(_ ticket: Int, _ failure: HailoError?) {
        let begins = condition.withLock {
            guard ticket >= handedOut, ticket < taken else { return false }
            places[ticket % depth].isBack = true
            places[ticket % depth].failure = failure
            guard !isHandingOut else { return false }
            isHandingOut = true
            return true
        }
        guard begins else { return }
        // One thread at a time, so that jobs end in order.
        while let (job, failure) = nextToHandOut() { job.didDeliver(failure) }
    }

    private func nextToHandOut() -> (Job, HailoError?)? {
        condition.withLock {
            let place = places[handedOut % depth]
            guard handedOut < taken, place.isBack, let job = place.job else {
                isHandingOut = false
                return nil
            }
            places[handedOut % depth] = Place()
            handedOut += 1
            notify()
            return (job, place.failure)
        }
    }

    // MARK: Ends

    /// No frame is taken any more, and all jobs end. No device has frames, or its channels are disabled.
    func end(_ reason: HailoError) {
        let left = condition.withLock {
            if obstacle == nil { obstacle = reason }
            condition.notifyAll()
            let left = (handedOut..<reserved).map { places[$0 % depth].job }
            again = []
            (handedOut, taken) = (reserved, reserved)
            return left
        }
        for case let job? in left { job.end(reason, isFinal: true) }
        condition.withLock { for index in places.indices { places[index] = Place() } }
    }
}
