internal import HailoBase

/// Why a command ended early.
enum CommandFailure: Error {
    /// It was called wrongly.
    case usage(command: String, message: String)
    /// It was called rightly and failed.
    case failed(HailoError)
    /// It succeeded, and its answer is not a good one.
    case findings(String)
    /// A program that it was told to run cannot be run.
    case cannotRun(HailoError, isMissing: Bool)

    static func usage<Result>(
        of command: String, _ body: () throws(UsageError) -> Result
    ) throws(CommandFailure) -> Result {
        do throws(UsageError) {
            return try body()
        } catch {
            throw .usage(command: command, message: error.message)
        }
    }

    static func operation<Result>(_ body: () throws(HailoError) -> Result) throws(CommandFailure) -> Result {
        do throws(HailoError) {
            return try body()
        } catch {
            throw .failed(error)
        }
    }
}
