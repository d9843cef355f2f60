// Benchmark "parse": how long it takes to load a HEF file, from the path to a checked model, against one copy of the same
// bytes measured in the same run. Give it files:
//
//     swift run -c release parse-benchmark FILE…
//
// Each file is mapped, checked and read anew in every round, as a program that starts does; the page cache is warm.

import Foundation
import Hailo

private let rounds = 200

private func median(_ body: () -> Void) -> Double {
    var times: [Double] = []
    for _ in 0..<rounds {
        let start = DispatchTime.now().uptimeNanoseconds
        body()
        times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
    }
    return times.sorted()[rounds / 2]
}

/// Peak memory of the process in KiB, as the kernel counts it.
private func peakMemory() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").compactMap { Int($0) }.first ?? 0
}

print("file                                bytes    load ms    copy ms    load/copy")
for path in CommandLine.arguments.dropFirst() {
    guard let content = FileManager.default.contents(atPath: path) else {
        print("\(path): cannot be read")
        continue
    }
    let target = UnsafeMutableRawPointer.allocate(byteCount: content.count, alignment: 64)
    defer { target.deallocate() }
    let copy = content.withUnsafeBytes { source in
        median { if let base = source.baseAddress { target.copyMemory(from: base, byteCount: source.count) } }
    }
    var failure: String?
    let load = median {
        do throws(HailoError) {
            _ = try Model.load(path: path)
        } catch {
            failure = error.description
        }
    }
    let name = (path as NSString).lastPathComponent.padding(toLength: 30, withPad: " ", startingAt: 0)
    print(name + String(format: "%11d %10.3f %10.3f %12.2f", content.count, load, copy, load / copy), failure ?? "")
}
print("peak memory of the whole run: \(peakMemory()) KiB")
