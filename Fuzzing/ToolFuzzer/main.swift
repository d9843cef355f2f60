import HailoCommands
import Glibc
import HailoHEFWriter

// Lets the commands of the tool work on each input of libFuzzer: as a model, with lengths and checksum made right, or as a
// network with its arrays. Whatever the input is, a command ends with an exit status. scripts/fuzz builds and runs it.

/// libFuzzer as a function: SwiftPM wants the main function of an executable to be its own.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzz(
    _ argumentCount: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Files of the process's own, written again for each input and removed at its end.
private enum Files {
    static let model = memory("model.hef")
    static let network = memory("network.net")
    static let arrays = memory("arrays.npz")

    private static func memory(_ name: String) -> (descriptor: CInt, path: String) {
        let path = "/dev/shm/hailoctl-fuzzer-\(getpid())-\(name)"
        return (open(path, O_RDWR | O_CREAT, 0o600), path)
    }

    static func write(_ bytes: ArraySlice<UInt8>, to file: (descriptor: CInt, path: String)) {
        ftruncate(file.descriptor, 0)
        bytes.withUnsafeBytes { _ = pwrite(file.descriptor, $0.baseAddress, $0.count, 0) }
    }
}

private func hailoctl(_ words: String...) {
    var arguments: [UnsafeMutablePointer<CChar>?] = (["hailoctl"] + words).map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    let status = hailoctlRun(CInt(arguments.count), &arguments)
    precondition((0...2).contains(status))
}

private func test(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: size))
    if let model = HefBuilder.resigned(input) {
        Files.write(model[...], to: Files.model)
        runModel(Files.model.path)
    } else {
        // Behind the text of the network and a zero byte stand its arrays.
        let end = input.firstIndex(of: 0) ?? input.endIndex
        Files.write(input[..<end], to: Files.network)
        Files.write(input[end...].dropFirst(), to: Files.arrays)
        hailoctl("compile-emulated", Files.network.path, "--output", "/dev/null", "--weights", Files.arrays.path)
    }
    return 0
}

private func runModel(_ path: String) {
    hailoctl("inspect", path)
    hailoctl("inspect", "--json", path)
    hailoctl("plan", path)
    hailoctl("plan", "--json", "--arch", "hailo8l", path)
    hailoctl("doctor", "--frames", "2", path)
    let options = ["--frames", "2", "--device", "emulator", "--timeout", "1"]
    hailoctl("run", options[0], options[1], options[2], options[3], options[4], options[5], "--type", "f32", path)
    hailoctl("run", options[0], options[1], options[2], options[3], options[4], options[5], "--raw", "--json", path)
    hailoctl("run", options[0], options[1], options[2], options[3], options[4], options[5], "--draw", "/dev/null", path)
}

private func run() -> CInt {
    setenv("HAILOSWIFT_EMULATOR_LOG", "silent", 1)
    atexit { for file in [Files.model, Files.network, Files.arrays] { unlink(file.path) } }
    let count = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
    count.pointee = CommandLine.argc
    let arguments = UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>.allocate(capacity: 1)
    arguments.pointee = CommandLine.unsafeArgv
    return fuzz(count, arguments, { test($0, $1) })
}

exit(run())
