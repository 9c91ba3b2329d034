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
        .target(name: "Measuring", swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(
            name: "BenchmarkSupport",
            dependencies: [
                "Measuring", .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "SignUpVsLimit",
            dependencies: [
                "BenchmarkSupport", "Measuring",
                .product(name: "PhoneIdentity", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
                .product(name: "PhoneIdentityTesting", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "SignUpVsWork",
            dependencies: [
                "BenchmarkSupport", "Measuring",
                .product(name: "PhoneIdentity", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
                .product(name: "PhoneIdentityTesting", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(name: "CSealing", linkerSettings: [.linkedLibrary("sodium")]),
        .executableTarget(
            name: "Custody",
            dependencies: ["CSealing", "Measuring", .product(name: "PhoneIdentityTesting", package: "swift-phone-identity")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "SQLiteVsRaw",
            dependencies: [
                "BenchmarkSupport", "Measuring",
                .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "SQLiteGroupVsFsync",
            dependencies: [
                "BenchmarkSupport", "Measuring",
                .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "CommitGrowth",
            dependencies: [
                "BenchmarkSupport", "Measuring",
                .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
                .product(name: "PostgresStorage", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "PostgresVsPgbench",
            dependencies: [
                "BenchmarkSupport", "Measuring",
                .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "PostgresStorage", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),

        // Numbers alone: nothing of the rest is in these processes.
        .target(
            name: "PhoneCorpus", dependencies: [.product(name: "PhoneNormalization", package: "swift-phone-identity")],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault")]),
        .target(name: "CLibphonenumber", linkerSettings: [.linkedLibrary("phonenumber")]),
        .executableTarget(
            name: "PhoneVsLibphonenumber",
            dependencies: [
                "CLibphonenumber", "Measuring", "PhoneCorpus", .product(name: "PhoneNormalization", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(name: "CCountingAllocator"),
        .executableTarget(
            name: "PhoneAllocations",
            dependencies: [
                "CCountingAllocator", "PhoneCorpus", .product(name: "PhoneNormalization", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(name: "PhoneFirstUse", dependencies: ["Measuring"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "PhoneFirstAnswer", dependencies: [.product(name: "PhoneNormalization", package: "swift-phone-identity")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(name: "EmptyProgram", swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
