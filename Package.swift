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
var targets: [Target] = [
    .systemLibrary(name: "CHailoSwift", path: "include"),
    .target(name: "CHailoKernel"),
    .target(
        name: "CPlatform", cSettings: [.headerSearchPath("../../include")], linkerSettings: [.linkedLibrary("m")]),
    room("Base", ["CHailoSwift", "CPlatform"]),
    room("HEF", ["Base"]),
    room("Firmware", ["Base"]),
    .target(name: "Tensors", dependencies: ["Base", "CPlatform", "HEF"], swiftSettings: fastSettings),
    room("PostProcess", ["Base", "CPlatform", "HEF", "Tensors"]),
    room("Planner", ["Base", "Firmware", "HEF", "Tensors"]),
    room("Driver", ["Base", "CHailoKernel", "CPlatform"]),
    room("Recorder", ["Base", "CHailoKernel", "CPlatform", "Driver", "Firmware"]),
    room("CoreProgram", ["Base"]),
    room("Emulator", ["Base", "CHailoKernel", "CPlatform", "CoreProgram", "Driver", "Firmware"]),
    room(
        "Hailo",
        [
            "Base", "CHailoKernel", "CHailoSwift", "CPlatform", "CoreProgram", "Driver", "Emulator", "Firmware", "HEF",
            "Planner", "PostProcess", "Recorder", "Tensors",
        ]),
    .target(
        name: "HailoSwift", dependencies: ["Base", "CHailoSwift", "CPlatform", "HEF", "Hailo"],
        exclude: ["exports.map"], swiftSettings: smallSettings),
    // The tool writes HEF files for the emulated core; the shipped library reads them only.
    room("HEFWriter", ["Base", "HEF"]),
    room("NetworkCompiler", ["Base", "CPlatform", "CoreProgram", "HEF", "HEFWriter"]),
    .target(
        name: "Commands",
        dependencies: ["Base", "CPlatform", "Firmware", "HEF", "Hailo", "NetworkCompiler", "Planner"],
        swiftSettings: smallSettings),
]

if embeddedLibraries != nil {
    // One product, so that the compiler works on all that is shipped at once. scripts/build links it.
    products.append(.library(name: "Shipped", type: .static, targets: ["HailoSwift", "Commands", "HailoEmulator"]))
    targets += [
        .target(name: "CPreload", dependencies: ["CPlatform"]),
        .target(
            name: "HailoEmulator", dependencies: ["Base", "CPlatform", "CPreload", "Emulator"],
            exclude: ["exports.map"], swiftSettings: smallSettings),
    ]
} else {
    products.append(.executable(name: "hailoctl", targets: ["hailoctl"]))
    targets += [
        .executableTarget(name: "hailoctl", dependencies: ["Commands"]),
        .executableTarget(
            name: "parse-benchmark", dependencies: ["Base", "Hailo"], path: "Benchmarks/Parse",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "transforms-benchmark", dependencies: ["Base", "HEF", "Tensors"], path: "Benchmarks/Transforms",
            swiftSettings: swiftSettings),
        .target(
            name: "TestSupport", dependencies: ["Base", "HEF", "HEFWriter", "PostProcess"], path: "Tests/Support",
            swiftSettings: swiftSettings),
        .target(name: "PlainLoops", path: "Benchmarks/PlainLoops"),
        .executableTarget(
            name: "postprocess-benchmark", dependencies: ["Base", "HEF", "PlainLoops", "PostProcess", "TestSupport"],
            path: "Benchmarks/PostProcess", swiftSettings: swiftSettings),
        tests("BaseTests", ["Base"]),
        tests("CoreProgramTests", ["Base", "CoreProgram"]),
        tests("FirmwareTests", ["Base", "Firmware"]),
        .testTarget(
            name: "HEFTests", dependencies: ["Base", "HEF", "HEFWriter", "Hailo"], swiftSettings: swiftSettings),
        tests("DriverTests", ["Base", "CHailoKernel", "Driver"]),
        tests("EmulatorTests", ["Base", "CHailoKernel", "Driver", "Emulator", "Firmware"]),
        tests("RecorderTests", ["Base", "CHailoKernel", "Driver", "Emulator", "Firmware", "Recorder"]),
        tests("HailoTests", ["Base", "HEF", "Hailo", "Tensors"]),
        tests("TensorsTests", ["Base", "HEF", "Tensors", "TestSupport"]),
        tests("PostProcessTests", ["Base", "HEF", "HEFWriter", "PostProcess", "Tensors", "TestSupport"]),
        tests("PlannerTests", ["Base", "Planner", "TestSupport"]),
        tests(
            "SessionTests",
            [
                "Base", "CHailoKernel", "Driver", "Emulator", "Firmware", "HEF", "HEFWriter", "Hailo", "Planner",
                "TestSupport",
            ]),
    ]
}

// scripts/fuzz sets this: libFuzzer brings the main function, so that the target links in no other build.
if Context.environment["HAILOSWIFT_FUZZ"] != nil {
    products.append(.executable(name: "hef-fuzzer", targets: ["HefFuzzer"]))
    products.append(.executable(name: "tool-fuzzer", targets: ["ToolFuzzer"]))
    targets.append(
        .executableTarget(
            name: "ToolFuzzer", dependencies: ["Commands", "HEFWriter"], path: "Fuzzing/ToolFuzzer",
            swiftSettings: swiftSettings))
    targets.append(
        .executableTarget(
            name: "HefFuzzer", dependencies: ["Base", "HEF", "HEFWriter", "Hailo", "Planner"],
            path: "Fuzzing/HefFuzzer",
            swiftSettings: swiftSettings))
}

let package = Package(name: "HailoSwift", products: products, targets: targets)
