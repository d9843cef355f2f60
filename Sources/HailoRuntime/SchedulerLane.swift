internal import HailoBase
internal import HailoScheduler

extension DeviceScheduler {
    /// The part of a scheduled session that runs on one device. What it counts is guarded by its scheduler.
    final class Lane: FrameGate, @unchecked Sendable {
        let group: ConfiguredGroup
        let pipeline: Pipeline
        let backlog: FrameBacklog?
        /// Which of the scheduler's devices this is about.
        let station: Int
        let client: SchedulingPolicy.Client
        let origin: DataOrigin
        private let scheduler: DeviceScheduler
        /// Frames of turns that were not sent, and wait again after the next interrupt.
        var unplaced = 0

        init(
            _ group: ConfiguredGroup, _ pipeline: Pipeline, _ backlog: FrameBacklog?, station: Int,
            _ client: SchedulingPolicy.Client, _ origin: DataOrigin, _ scheduler: DeviceScheduler
        ) {
            self.group = group
            self.pipeline = pipeline
            self.backlog = backlog
            self.station = station
            self.client = client
            self.origin = origin
            self.scheduler = scheduler
        }

        func framesAreReady(_ count: Int) { scheduler.didQueue(count, of: client) }
        func frameDidFinish() { scheduler.frameDidFinish(self) }
        func pipelineDidFail() { scheduler.unloadLater(self) }

        /// Sends frames of a turn: those in the rings that were promised, or frames of the backlog. Returns how many there were no
        /// more of, or no room for.
        func send(_ count: Int, _ generation: Int) -> Int {
            guard let backlog else {
                pipeline.grant(count, generation)
                return 0
            }
            for sent in 0..<count {
                guard let frame = backlog.take() else { return count - sent }
                if !pipeline.accept(frame, generation) {
                    backlog.putBack(frame.ticket)
                    return count - sent
                }
            }
            return 0
        }

        /// Frames of a turn that cannot begin end, unless another device can take them.
        func end(_ count: Int, _ error: HailoError) {
            guard let backlog else { return }
            guard error.status != .deviceLost else { return scheduler.condition.withLock { unplaced += count } }
            for _ in 0..<count {
                guard let frame = backlog.take() else { break }
                frame.job.end(error, isFinal: true)
                backlog.didFinish(frame.ticket, error)
            }
        }
    }
}
