#if !hasFeature(Embedded)
    public import HailoBase
    public import HailoRuntime

    // Frames without blocking a thread.
    extension Session {
        /// Passes frames through and returns the outputs, like `run(_:as:count:milliseconds:)`, without blocking the thread. Several
        /// tasks may do so at once; their frames go through the chip side by side. If the task is canceled, its frames are
        /// dropped and the error's status is `.canceled`.
        public func run<Input: TensorNumber, Output: TensorNumber>(
            _ inputs: [[Input]], as type: Output.Type = Output.self, count: Int = 1
        ) async throws(HailoError) -> [[Output]] {
            try await start(inputs, as: type, count: count).outputs()
        }

        /// The outputs of a sequence of frames, in their order. Each element is an array of the inputs of one frame; as many
        /// frames as `limit` says are in flight at once, at most the session's queue depth.
        ///
        ///     for try await outputs in session.frames(of: camera, as: Float.self) { … }
        public func frames<Source: AsyncSequence & Sendable, Input: TensorNumber, Output: TensorNumber>(
            of source: Source, as type: Output.Type = Output.self, limit: Int = 2
        ) -> FrameResults<Source, Input, Output> where Source.Element == [[Input]] {
            FrameResults(session: self, source: source, limit: min(max(limit, 1), info.queueDepth))
        }

        /// Submits frames, as soon as there is room for them.
        fileprivate func start<Input: TensorNumber, Output: TensorNumber>(
            _ inputs: [[Input]], as _: Output.Type, count: Int
        ) async throws(HailoError) -> FramesInFlight<Output> {
            let frames = try TypedFrames<Output>(inputs, count: count, of: self)
            let end = JobEnd()
            let job = try prepare(count: count, inputs: frames.sources, outputs: frames.targets) { error in
                // The memory stays until the job is over, even if nobody waits for its results any more.
                withExtendedLifetime(frames) { end.note(error) }
            }
            while true {
                do throws(HailoError) {
                    try job.submit(milliseconds: 0)
                    return FramesInFlight(frames: frames, job: job, end: end)
                } catch {
                    guard error.status == .timeout, !Task.isCancelled else {
                        job.cancel()
                        throw Task.isCancelled ? HailoError(.canceled, "the task was canceled") : error
                    }
                }
                // Other frames are in flight. Their ends are known to those who submitted them only.
                try? await Task.sleep(nanoseconds: 200_000)
            }
        }
    }

    /// The outputs of frames that come from an asynchronous sequence; see `Session.frames(of:as:limit:)`.
    public struct FrameResults<Source: AsyncSequence & Sendable, Input: TensorNumber, Output: TensorNumber>:
        AsyncSequence
    where Source.Element == [[Input]] {
        public typealias Element = [[Output]]

        let session: Session
        let source: Source
        let limit: Int

        public func makeAsyncIterator() -> Iterator { Iterator(session, source, limit) }

        /// Its task reads the source and submits frames; it ends with the iterator.
        public final class Iterator: AsyncIteratorProtocol {
            private var results: AsyncThrowingStream<FramesInFlight<Output>, any Error>.Iterator
            /// One for each further frame that may be in flight.
            private let places: AsyncStream<Void>.Continuation
            private let task: Task<Void, Never>

            fileprivate init(_ session: Session, _ source: Source, _ limit: Int) {
                let (permits, places) = AsyncStream.makeStream(of: Void.self)
                let (results, found) = AsyncThrowingStream.makeStream(of: FramesInFlight<Output>.self)
                for _ in 0..<limit { places.yield() }
                self.results = results.makeAsyncIterator()
                self.places = places
                task = Task {
                    do {
                        var permit = permits.makeAsyncIterator()
                        for try await inputs in source {
                            guard await permit.next() != nil else { break }
                            found.yield(try await session.start(inputs, as: Output.self, count: 1))
                        }
                        found.finish()
                    } catch {
                        found.finish(throwing: error)
                    }
                }
            }

            deinit { task.cancel() }

            public func next() async throws -> [[Output]]? {
                guard let frames = try await results.next() else { return nil }
                let outputs = try await frames.outputs()
                places.yield()
                return outputs
            }
        }
    }

    /// Frames that the chip works on.
    private struct FramesInFlight<Output: TensorNumber>: Sendable {
        let frames: TypedFrames<Output>
        let job: Job
        let end: JobEnd

        func outputs() async throws(HailoError) -> [[Output]] {
            let job = job
            let error = await withTaskCancellationHandler {
                await end.wait()
            } onCancel: {
                job.cancel()
            }
            if let error { throw error }
            return frames.outputs
        }
    }

    /// How a job ended, for the task that waits for it.
    private final class JobEnd: @unchecked Sendable {
        private let lock = Lock()
        private var isOver = false
        private var error: HailoError?
        private var waiter: CheckedContinuation<HailoError?, Never>?

        func note(_ error: HailoError?) {
            let waiter = lock.withLock {
                self.error = error
                isOver = true
                return self.waiter
            }
            waiter?.resume(returning: error)
        }

        func wait() async -> HailoError? {
            await withCheckedContinuation { continuation in
                let isOver = lock.withLock {
                    if !self.isOver { waiter = continuation }
                    return self.isOver
                }
                if isOver { continuation.resume(returning: error) }
            }
        }
    }
#endif
