internal import HailoBase

/// What a session's jobs are run by: the rings of one device, or a backlog before those of several.
protocol FrameRunner: AnyObject, Sendable {
    /// How many frames may be in flight.
    var depth: Int { get }
    /// Jobs that are not over.
    var jobsInFlight: Int { get }
    /// Frames that have a place and have not been delivered.
    var framesInFlight: Int { get }

    /// A job begins. Throws if the session cannot run any.
    func willBegin() throws(HailoError)
    /// Sends those frames of a job that have not been sent; blocks until then for room.
    func send(_ job: Job, _ ports: HostPorts, until deadline: UInt64) throws(HailoError)
    /// Ends the sending of a job's frames, which another thread may be at.
    func interrupt(_ job: Job)
    /// Fills up the batch that frame `end` - 1 stands in.
    func fillBatch(_ end: Int, until deadline: UInt64) throws(HailoError)
    /// A job is over. It holds its lock.
    func didEnd()
    /// Waits until all jobs are over. An incomplete batch is filled up.
    func drain(until deadline: UInt64) throws(HailoError)
}
