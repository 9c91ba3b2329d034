// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-phone-identity", path: "../..", traits: ["SQLite"]),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(
            name: "BenchmarkSupport", dependencies: [.product(name: "GRDBSQLite", package: "GRDB.swift")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "SignUpVsLimit",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "PhoneIdentity", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
                .product(name: "PhoneIdentityTesting", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "SQLiteVsRaw",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
