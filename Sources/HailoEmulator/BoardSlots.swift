internal import HailoBase
internal import CHailoPlatform

/// The places of a machine that boards sit in: all that open the same id share the board.
final class BoardSlots: @unchecked Sendable {
    static let shared = BoardSlots()

    private let lock = Lock()
    private var boards: [String: EmulatedBoard] = [:]
    /// Whether the child of a fork() goes on with copies of the boards. The library refuses its handles in children, so that
    /// it wants none; a program that has the device file open does.
    private var keepsBoardsInChildren = false

    private init() {
        hailoplatform_at_fork(
            { BoardSlots.shared.holdEverything() },
            { BoardSlots.shared.letGo() },
            {
                BoardSlots.shared.letGoInChild()
            })
    }

    func keepBoardsInChildren() {
        lock.withLock { keepsBoardsInChildren = true }
    }

    private func holdEverything() {
        lock.lock()
        for board in boards.values { board.lock.lock() }
    }

    private func letGo() {
        for board in boards.values { board.lock.unlock() }
        lock.unlock()
    }

    private func letGoInChild() {
        for board in boards.values { board.lock.reset() }
        lock.reset()
        guard !keepsBoardsInChildren else { return }
        for board in boards.values { board.closeSharedFiles() }
        boards = [:]
    }

    /// Opens the board with these options: the one that is in use already, or a new one.
    func open(_ options: EmulatorOptions) throws(OpeningFailure) -> (board: EmulatedBoard, file: OpenFile) {
        try lock.withLock { () throws(OpeningFailure) in
            let board = if let board = boards[options.id] { board } else { try EmulatedBoard.make(options) }
            let due = board.lock.withLock { board.faults.use("open") }
            if case .failure(let number) = due.effect { throw OpeningFailure(number: number) }
            if due.delay > 0 { hailoplatform_sleep_nanoseconds(due.delay) }
            if boards[options.id] == nil, options.takesTimeOfCard {
                hailoplatform_sleep_nanoseconds(CardTiming.opening)
            }
            boards[options.id] = board
            do throws(OpeningFailure) {
                return (board, try board.lock.withLock { () throws(OpeningFailure) in try board.addFile() })
            } catch {
                if board.isUnused { boards[options.id] = nil }
                throw error
            }
        }
    }

    /// Closes one open file; a board that nobody has open loses its state.
    func close(_ file: OpenFile, of board: EmulatedBoard) {
        lock.withLock {
            guard board.lock.withLock({ board.close(file) }) else { return }
            boards[board.options.id] = nil
            if board.options.takesTimeOfCard { hailoplatform_sleep_nanoseconds(CardTiming.closing) }
        }
    }
}

/// The errno of an opening that failed.
package struct OpeningFailure: Error {
    package let number: Int
}

/// How long things take with a card, in nanoseconds, as measured on a Raspberry Pi 5 and with the real driver.
enum CardTiming {
    static let opening: UInt64 = 12_800_000
    static let closing: UInt64 = 29_500_000
    static let control: UInt64 = 130_000
    static let clearing: UInt64 = 4_400_000
}
