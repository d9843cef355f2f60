import Glibc
import HailoCommands
import HailoHEFWriter
import LibFuzzer

// Lets the commands of the tool work on each input of libFuzzer: as a model, with lengths and checksum made right, or as a
// network with its arrays. Whatever the input is, a command ends with an exit status. scripts/fuzz builds and runs it.

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

private func test(_ input: [UInt8]) {
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

setenv("HAILOSWIFT_EMULATOR_LOG", "silent", 1)
atexit { for file in [Files.model, Files.network, Files.arrays] { unlink(file.path) } }
LibFuzzer.run(test)
