import Glibc

/// libFuzzer as a function: SwiftPM wants the main function of an executable to be its own.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzz(
    _ argumentCount: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

package enum LibFuzzer {
    nonisolated(unsafe) private static var test: ([UInt8]) -> Void = { _ in }

    /// Runs `test` with inputs as the arguments of the process say, and ends it.
    package static func run(_ test: @escaping ([UInt8]) -> Void) -> Never {
        self.test = test
        let count = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
        count.pointee = CommandLine.argc
        let arguments = UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>.allocate(capacity: 1)
        arguments.pointee = CommandLine.unsafeArgv
        exit(
            fuzz(count, arguments) { start, size in
                LibFuzzer.test(Array(UnsafeBufferPointer(start: start, count: size)))
                return 0
            })
    }
}
