import Base
import Glibc
import HEF
import HEFWriter

// Reads each input of libFuzzer as a file, and again with lengths and checksum made right, so that the reader of the
// contents is reached as well. scripts/fuzz builds and runs it.

/// libFuzzer as a function: SwiftPM wants the main function of an executable to be its own.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzz(
    _ argumentCount: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private func test(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: size))
    read(input)
    if let resigned = HefBuilder.resigned(input), resigned != input { read(resigned) }
    return 0
}

private func read(_ bytes: [UInt8]) {
    do throws(HailoError) {
        let file = try bytes.withUnsafeBufferPointer { buffer throws(HailoError) in
            try HefFile(UnsafeRawBufferPointer(buffer))
        }
        // The report asks for everything that a model can be asked for.
        _ = file.report()
    } catch {
        precondition(!error.message.isEmpty && error.status != .ok)
    }
}

private func run() -> CInt {
    let count = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
    count.pointee = CommandLine.argc
    let arguments = UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>.allocate(capacity: 1)
    arguments.pointee = CommandLine.unsafeArgv
    return fuzz(count, arguments, { test($0, $1) })
}

exit(run())
