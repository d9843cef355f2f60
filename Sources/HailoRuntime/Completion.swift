package import HailoBase

/// What is called when a job is over, once.
enum Completion {
    case none
    case closure((HailoError?) -> Void)
    /// Of another language.
    case function(CompletionCallback)
}

/// A completion in the form of C.
package struct CompletionCallback {
    package typealias Function =
        @convention(c) (
            _ context: UnsafeMutableRawPointer?, _ status: Int32, _ message: UnsafePointer<CChar>?
        ) -> Void

    private let function: Function
    private let context: UnsafeMutableRawPointer?
    /// Called before, on the same thread: what the arguments cannot say may be asked for in the function.
    private let prepare: (HailoError) -> Void

    package init(
        _ function: @escaping Function, _ context: UnsafeMutableRawPointer?, prepare: @escaping (HailoError) -> Void
    ) {
        self.function = function
        self.context = context
        self.prepare = prepare
    }

    func call(_ error: HailoError?) {
        if let error { prepare(error) }
        (error?.message ?? "").withCString {
            function(context, error?.status.rawValue ?? Status.ok.rawValue, $0)
        }
    }
}
