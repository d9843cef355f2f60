internal import CHailoPlatform

/// A thread of the library's own. Signals of the program do not arrive on it. It is either joined or detached.
package final class Thread: @unchecked Sendable {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private let thread: pthread_t

    private init(_ thread: pthread_t) {
        self.thread = thread
    }

    /// Runs `body` on a new thread, which debuggers and `ps` show by its name, of at most 15 characters.
    package static func start(
        _ name: StaticString, _ body: @escaping @Sendable () -> Void
    ) throws(HailoError) -> Thread {
        let boxed = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let failure = hailoplatform_start_thread(
            &thread, name.utf8Start,
            { raw in if let raw { Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run() } },
            boxed.toOpaque())
        guard failure == 0 else {
            boxed.release()
            throw HailoError(.outOfMemory, "cannot create another thread (errno \(failure))")
        }
        return Thread(thread)
    }

    /// Whether this is the thread that asks.
    package var isCurrent: Bool { hailoplatform_is_current_thread(thread) != 0 }

    /// Waits until the thread has ended.
    package func join() {
        pthread_join(thread, nil)
    }

    /// Lets the thread end when it will.
    package func detach() {
        pthread_detach(thread)
    }
}
