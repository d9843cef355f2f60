// swift-tools-version: 6.0
import PackageDescription

// The shipped library is Embedded Swift, built by scripts/build, which puts the toolchain's folder of embedded libraries
// into HAILOSWIFT_EMBEDDED. Without that variable the same sources are ordinary Swift: for tests, sanitizers, debugging
// and for Swift packages that depend on the product Hailo.
let embeddedLibraries = Context.environment["HAILOSWIFT_EMBEDDED"]

let isStrict = Context.environment["HAILOSWIFT_STRICT"] != nil

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    // Exclusive access is checked by the tests, which are ordinary Swift; Embedded Swift has nothing to check it with.
    + embedded([
        "-wmo", "-Xfrontend", "-function-sections", "-enforce-exclusivity=unchecked",
    ]) + (embeddedLibraries == nil ? [] : [.enableExperimentalFeature("Embedded")])
    // Where strictness matters (CI and scripts/test) warnings are errors; a user of the package with a newer compiler is
    // not stopped by a new warning.
    + (isStrict ? [.unsafeFlags(["-warnings-as-errors"])] : [])

/// Flags of the shipped build only.
func embedded(_ flags: [String]) -> [SwiftSetting] { embeddedLibraries == nil ? [] : [.unsafeFlags(flags)] }

let small = ["-Osize", "-Xllvm", "-sil-disable-pass=closure-specialize"]

/// Embedded Swift compiles what a module imports together with it, so that the objects of rooms are never linked: the compiler
/// stops before it would generate code for them.
let unlinked = ["-Xfrontend", "-disable-llvm-optzns", "-Xfrontend", "-emit-bc"]

/// The loops over the bytes of frames have to be fast; everything else of the shipped files shall be small.
let fastSettings = swiftSettings + embedded(["-O"])
let shippedSettings =
    swiftSettings
    + embedded(small + ["-Xllvm", "-enable-machine-outliner=always", "-Xllvm", "-machine-outliner-reruns=3"])

/// A room that many others import: it is optimised once for all of them.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings + embedded(small + unlinked))
}

/// A room that is optimised together with what is shipped.
func upperRoom(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: swiftSettings + embedded(small + ["-Xfrontend", "-Onone"] + unlinked))
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

var products: [Product] = [
    .library(name: "Hailo", targets: ["Hailo"]),
    .library(name: "hailoswift", type: .dynamic, targets: ["HailoSwift"]),
]
/// The rooms of the house from the bottom up; CONTRIBUTING.md says what lives in each. A test holds the imports to its table.
var targets: [Target] = [
    .systemLibrary(name: "CHailoSwift", path: "include"),
    .target(name: "CHailoKernel"),
    .target(
        name: "CHailoPlatform", cSettings: [.headerSearchPath("../../include")], linkerSettings: [.linkedLibrary("m")]),
    room("HailoBase", ["CHailoSwift", "CHailoPlatform"]),
    room("HailoFormats", ["HailoBase"]),
    room("HailoHEF", ["HailoBase", "HailoFormats"]),
    room("HailoFirmware", ["HailoBase", "HailoFormats"]),
    room("HailoKernelABI", ["CHailoKernel", "HailoBase", "HailoFormats"]),
    .target(
        name: "HailoTensors", dependencies: ["CHailoPlatform", "HailoBase", "HailoFormats"],
        swiftSettings: fastSettings),
    upperRoom("HailoPostProcess", ["CHailoPlatform", "HailoBase", "HailoFormats", "HailoHEF", "HailoTensors"]),
    upperRoom("HailoPlanner", ["HailoBase", "HailoFirmware", "HailoFormats", "HailoHEF"]),
    room("HailoDriver", ["CHailoPlatform", "HailoBase", "HailoFormats", "HailoKernelABI"]),
    room("HailoRecorder", ["CHailoPlatform", "HailoBase", "HailoDriver", "HailoFirmware", "HailoKernelABI"]),
    room("HailoCoreProgram", ["HailoBase"]),
    room("HailoScheduler", []),
    upperRoom(
        "HailoEmulator",
        [
            "CHailoKernel", "CHailoPlatform", "HailoBase", "HailoCoreProgram", "HailoDriver", "HailoFirmware",
            "HailoFormats", "HailoKernelABI",
        ]),
    upperRoom(
        "HailoRuntime",
        [
            "HailoBase", "HailoDriver", "HailoFirmware", "HailoFormats", "HailoHEF", "HailoKernelABI", "HailoPlanner",
            "HailoPostProcess", "HailoScheduler", "HailoTensors",
        ]),
    upperRoom(
        "Hailo",
        [
            "CHailoPlatform", "CHailoSwift", "HailoBase", "HailoCoreProgram", "HailoDriver", "HailoEmulator",
            "HailoFormats", "HailoHEF", "HailoPlanner", "HailoRecorder", "HailoRuntime",
        ]),
    room("HailoCInterface", ["CHailoPlatform", "HailoBase"]),
    // The tool writes HEF files for the emulated core; the shipped library reads them only.
    upperRoom("HailoHEFWriter", ["HailoBase", "HailoFormats", "HailoHEF"]),
    upperRoom(
        "HailoNetworkCompiler",
        ["CHailoPlatform", "HailoBase", "HailoCoreProgram", "HailoFormats", "HailoHEF", "HailoHEFWriter"]),
]

func named(_ names: Set<String>) -> [Target.Dependency] { names.sorted().map { .byName(name: $0) } }

let exportsDependencies: Set<String> = [
    "CHailoPlatform", "CHailoSwift", "Hailo", "HailoBase", "HailoCInterface", "HailoFormats", "HailoHEF",
    "HailoPostProcess", "HailoRuntime",
]
let commandsDependencies: Set<String> = [
    "CHailoPlatform", "Hailo", "HailoBase", "HailoDriver", "HailoFirmware", "HailoFormats", "HailoHEF",
    "HailoNetworkCompiler",
    "HailoPlanner", "HailoRuntime",
]

if embeddedLibraries != nil {
    // The exports of both libraries and the tool are one module here: what they import is compiled into it once, and not three
    // times. scripts/build links each file with what it needs of it.
    products = [.library(name: "Shipped", type: .static, targets: ["HailoShipped"])]
    targets += [
        .target(name: "CHailoSwiftRuntime"),
        // Clang takes variables of threads to be those of a program unless it is told that this becomes a shared library.
        .target(name: "CHailoPreload", dependencies: ["CHailoPlatform"], cSettings: [.unsafeFlags(["-fPIC"])]),
        .target(
            name: "HailoShipped",
            dependencies: named(
                exportsDependencies.union(commandsDependencies).union([
                    "CHailoPreload", "CHailoSwiftRuntime", "HailoEmulator",
                ])),
            path: "Sources/Shipped", exclude: ["HailoPreload/exports.map", "HailoSwift/exports.map"],
            swiftSettings: shippedSettings),
    ]
} else {
    targets += [
        .target(
            name: "HailoSwift", dependencies: named(exportsDependencies), path: "Sources/Shipped/HailoSwift",
            exclude: ["exports.map"], swiftSettings: swiftSettings),
        .target(
            name: "HailoCommands", dependencies: named(commandsDependencies), path: "Sources/Shipped/HailoCommands",
            swiftSettings: swiftSettings),
    ]
    products.append(.executable(name: "hailoctl", targets: ["hailoctl"]))
    targets += [
        .executableTarget(name: "hailoctl", dependencies: ["HailoCommands"]),
        .executableTarget(
            name: "parse-benchmark", dependencies: ["Hailo"], path: "Benchmarks/Parse", swiftSettings: swiftSettings),
        .executableTarget(
            name: "transforms-benchmark", dependencies: ["HailoBase", "HailoFormats", "HailoTensors"],
            path: "Benchmarks/Transforms", swiftSettings: swiftSettings),
        .target(
            name: "HailoTestSupport",
            dependencies: ["HailoBase", "HailoFormats", "HailoHEF", "HailoHEFWriter", "HailoPostProcess"],
            path: "Tests/Support", swiftSettings: swiftSettings),
        .target(name: "HailoPlainLoops", path: "Benchmarks/PlainLoops"),
        .executableTarget(
            name: "postprocess-benchmark",
            dependencies: [
                "HailoBase", "HailoFormats", "HailoHEF", "HailoPlainLoops", "HailoPostProcess", "HailoTestSupport",
            ],
            path: "Benchmarks/PostProcess", swiftSettings: swiftSettings),
        // The example of README.md, compiled with the tests.
        .executableTarget(name: "readme-example", dependencies: ["Hailo"], path: "Tests/ReadmeExample"),
        tests("BaseTests", ["HailoBase", "HailoTestSupport"]),
        tests("CoreProgramTests", ["HailoBase", "HailoCoreProgram"]),
        tests("FirmwareTests", ["HailoBase", "HailoFirmware", "HailoFormats"]),
        tests("HEFTests", ["Hailo", "HailoBase", "HailoFormats", "HailoHEF", "HailoHEFWriter"]),
        tests("DriverTests", ["CHailoKernel", "HailoBase", "HailoDriver", "HailoKernelABI"]),
        tests(
            "EmulatorTests",
            [
                "CHailoKernel", "HailoBase", "HailoDriver", "HailoEmulator", "HailoFirmware", "HailoFormats",
                "HailoKernelABI",
            ]),
        tests(
            "RecorderTests",
            [
                "CHailoKernel", "HailoBase", "HailoDriver", "HailoEmulator", "HailoFirmware", "HailoFormats",
                "HailoKernelABI", "HailoRecorder",
            ]),
        tests("HailoTests", ["Hailo", "HailoBase", "HailoFormats", "HailoHEF", "HailoRuntime", "HailoTensors"]),
        tests("TensorsTests", ["HailoBase", "HailoFormats", "HailoHEF", "HailoTensors", "HailoTestSupport"]),
        tests(
            "PostProcessTests",
            [
                "HailoBase", "HailoFormats", "HailoHEF", "HailoHEFWriter", "HailoPostProcess", "HailoTensors",
                "HailoTestSupport",
            ]),
        tests("SchedulerTests", ["HailoScheduler", "HailoTestSupport"]),
        tests("PlannerTests", ["HailoBase", "HailoFirmware", "HailoFormats", "HailoPlanner", "HailoTestSupport"]),
        tests(
            "SessionTests",
            [
                "CHailoKernel", "CHailoPlatform", "Hailo", "HailoBase", "HailoDriver", "HailoEmulator", "HailoFirmware",
                "HailoFormats",
                "HailoHEF", "HailoHEFWriter", "HailoKernelABI", "HailoPlanner", "HailoRuntime", "HailoTestSupport",
            ]),
    ]
}

// scripts/fuzz sets this: libFuzzer brings the main function, so that the target links in no other build.
if Context.environment["HAILOSWIFT_FUZZ"] != nil {
    products.append(.executable(name: "hef-fuzzer", targets: ["HefFuzzer"]))
    products.append(.executable(name: "tool-fuzzer", targets: ["ToolFuzzer"]))
    targets += [
        .target(name: "LibFuzzer", path: "Fuzzing/LibFuzzer", swiftSettings: swiftSettings),
        .executableTarget(
            name: "ToolFuzzer", dependencies: ["HailoCommands", "HailoHEFWriter", "LibFuzzer"],
            path: "Fuzzing/ToolFuzzer",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "HefFuzzer",
            dependencies: [
                "Hailo", "HailoBase", "HailoFormats", "HailoHEF", "HailoHEFWriter", "HailoPlanner", "HailoPostProcess",
                "HailoRuntime", "LibFuzzer",
            ],
            path: "Fuzzing/HefFuzzer", swiftSettings: swiftSettings),
    ]
}

// The sanitizers' builds compile only the tests that run with them, and what these need.
if let wanted = Context.environment["HAILOSWIFT_TESTS"] {
    var names = Set(wanted.split(separator: " ").map { String($0) })
    var isComplete = false
    while !isComplete {
        let needed = targets.filter { names.contains($0.name) }.flatMap { $0.dependencies }.compactMap { dependency in
            if case .byNameItem(let name, _) = dependency { name } else { nil }
        }
        isComplete = names.isSuperset(of: needed)
        names.formUnion(needed)
    }
    targets.removeAll { !names.contains($0.name) }
    products.removeAll { $0.name != "Hailo" }
}

let package = Package(name: "HailoSwift", products: products, targets: targets)
