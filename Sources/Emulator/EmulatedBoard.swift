internal import Base
internal import Driver

/// One emulated card. All open files of the same id share it, as they would share a real card.
final class EmulatedBoard: @unchecked Sendable {
    let options: EmulatorOptions
    let lock = Lock()
    var firmware: EmulatedFirmware
    var faults: FaultCounter
    var isRemoved = false
    /// Which open file has reserved the board.
    var reservedBy: Int?
    private var openFiles = 0
    private var lastFile = 0

    private init(_ options: EmulatorOptions) {
        self.options = options
        firmware = EmulatedFirmware(options)
        faults = FaultCounter(options.faults)
    }

    // MARK: The slots that boards sit in

    private final class Slots: @unchecked Sendable {
        let lock = Lock()
        var boards: [String: EmulatedBoard] = [:]
    }
    private static let slots = Slots()

    /// Opens the board with these options: the one that is in use already, or a new one.
    static func open(_ options: EmulatorOptions) throws(HailoError) -> (board: EmulatedBoard, file: Int) {
        try slots.lock.withLock { () throws(HailoError) in
            let board = slots.boards[options.id] ?? EmulatedBoard(options)
            switch board.faults.use("open") {
            case .failure(let number): throw DriverFailure.opening(options.id, failed: number)
            case .removal: board.isRemoved = true
            case .refusal, .garbledAnswer, nil: break
            }
            slots.boards[options.id] = board
            board.openFiles += 1
            board.lastFile += 1
            return (board, board.lastFile)
        }
    }

    /// Closes one open file; a board that nobody has open loses its state.
    func close(file: Int) {
        EmulatedBoard.slots.lock.withLock {
            lock.withLock { if reservedBy == file { reservedBy = nil } }
            openFiles -= 1
            if openFiles == 0 { EmulatedBoard.slots.boards[options.id] = nil }
        }
    }
}
