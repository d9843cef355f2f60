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
    + (embeddedLibraries == nil
        ? []
        : [
            .enableExperimentalFeature("Embedded"),
            .unsafeFlags(["-wmo", "-Xfrontend", "-function-sections"]),
        ])
    // Where strictness matters (CI and scripts/test) warnings are errors; a user of the package with a newer compiler is
    // not stopped by a new warning.
    + (isStrict ? [.unsafeFlags(["-warnings-as-errors"])] : [])

/// The loops over the bytes of frames have to be fast; everything else of the shipped library shall be small.
let fastSettings: [SwiftSetting] =
    embeddedLibraries == nil ? swiftSettings : swiftSettings + [.unsafeFlags(["-O"])]
let smallSettings: [SwiftSetting] =
    embeddedLibraries == nil
    ? swiftSettings
    : swiftSettings + [
        .unsafeFlags([
            "-Osize", "-Xllvm", "-sil-disable-pass=closure-specialize", "-Xllvm", "-enable-machine-outliner=always",
            "-Xllvm", "-machine-outliner-reruns=3",
        ])
    ]
/// Embedded Swift compiles what a module imports together with it, so that the objects of the rooms below are never linked
/// and no time is spent on them.
let unlinkedSettings: [SwiftSetting] =
    embeddedLibraries == nil
    ? swiftSettings
    : swiftSettings + [
        .unsafeFlags([
            "-Osize", "-Xllvm", "-sil-disable-pass=closure-specialize", "-Xfrontend", "-disable-llvm-optzns",
            "-Xfrontend", "-emit-bc",
        ])
    ]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: unlinkedSettings)
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
    room("HailoPostProcess", ["CHailoPlatform", "HailoBase", "HailoFormats", "HailoHEF", "HailoTensors"]),
    room("HailoPlanner", ["HailoBase", "HailoFirmware", "HailoFormats", "HailoHEF"]),
    room("HailoDriver", ["CHailoPlatform", "HailoBase", "HailoFormats", "HailoKernelABI"]),
    room("HailoRecorder", ["CHailoPlatform", "HailoBase", "HailoDriver", "HailoFirmware", "HailoKernelABI"]),
    room("HailoCoreProgram", ["HailoBase"]),
    room(
        "HailoEmulator",
        [
            "CHailoKernel", "CHailoPlatform", "HailoBase", "HailoCoreProgram", "HailoDriver", "HailoFirmware",
            "HailoFormats", "HailoKernelABI",
        ]),
    room(
        "HailoRuntime",
        [
            "HailoBase", "HailoDriver", "HailoFirmware", "HailoFormats", "HailoHEF", "HailoKernelABI", "HailoPlanner",
            "HailoPostProcess", "HailoTensors",
        ]),
    room(
        "Hailo",
        [
            "CHailoPlatform", "CHailoSwift", "HailoBase", "HailoCoreProgram", "HailoDriver", "HailoEmulator",
            "HailoFormats", "HailoHEF", "HailoPlanner", "HailoRecorder", "HailoRuntime",
        ]),
    room("HailoCInterface", ["CHailoPlatform", "HailoBase"]),
    .target(
        name: "HailoSwift",
        dependencies: [
            "CHailoPlatform", "CHailoSwift", "Hailo", "HailoBase", "HailoCInterface", "HailoFormats", "HailoHEF",
            "HailoPostProcess", "HailoRuntime",
        ],
        exclude: ["exports.map"], swiftSettings: smallSettings),
    // The tool writes HEF files for the emulated core; the shipped library reads them only.
    room("HailoHEFWriter", ["HailoBase", "HailoFormats", "HailoHEF"]),
    room(
        "HailoNetworkCompiler",
        ["CHailoPlatform", "HailoBase", "HailoCoreProgram", "HailoFormats", "HailoHEF", "HailoHEFWriter"]),
    .target(
        name: "HailoCommands",
        dependencies: [
            "CHailoPlatform", "Hailo", "HailoBase", "HailoFirmware", "HailoFormats", "HailoHEF",
            "HailoNetworkCompiler", "HailoPlanner", "HailoRuntime",
        ],
        swiftSettings: smallSettings),
]

if embeddedLibraries != nil {
    // One product, so that the compiler works on all that is shipped at once. scripts/build links it.
    products.append(
        .library(name: "Shipped", type: .static, targets: ["HailoSwift", "HailoCommands", "HailoPreload"]))
    targets += [
        .target(name: "CHailoPreload", dependencies: ["CHailoPlatform"]),
        .target(
            name: "HailoPreload", dependencies: ["CHailoPlatform", "CHailoPreload", "HailoBase", "HailoEmulator"],
            exclude: ["exports.map"], swiftSettings: smallSettings),
    ]
} else {
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
        tests("TensorsTests", ["HailoBase", "HailoFormats", "HailoTensors", "HailoTestSupport"]),
        tests(
            "PostProcessTests",
            [
                "HailoBase", "HailoFormats", "HailoHEF", "HailoHEFWriter", "HailoPostProcess", "HailoTensors",
                "HailoTestSupport",
            ]),
        tests("PlannerTests", ["HailoBase", "HailoFormats", "HailoPlanner", "HailoTestSupport"]),
        tests(
            "SessionTests",
            [
                "CHailoKernel", "Hailo", "HailoBase", "HailoDriver", "HailoEmulator", "HailoFirmware", "HailoFormats",
                "HailoHEF", "HailoHEFWriter", "HailoKernelABI", "HailoPlanner", "HailoRuntime", "HailoTestSupport",
            ]),
    ]
}

// scripts/fuzz sets this: libFuzzer brings the main function, so that the target links in no other build.
if Context.environment["HAILOSWIFT_FUZZ"] != nil {
    products.append(.executable(name: "hef-fuzzer", targets: ["HefFuzzer"]))
    products.append(.executable(name: "tool-fuzzer", targets: ["ToolFuzzer"]))
    targets += [
        .executableTarget(
            name: "ToolFuzzer", dependencies: ["HailoCommands", "HailoHEFWriter"], path: "Fuzzing/ToolFuzzer",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "HefFuzzer",
            dependencies: [
                "Hailo", "HailoBase", "HailoFormats", "HailoHEF", "HailoHEFWriter", "HailoPlanner", "HailoRuntime",
            ],
            path: "Fuzzing/HefFuzzer", swiftSettings: swiftSettings),
    ]
}

let package = Package(name: "HailoSwift", products: products, targets: targets)
