// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

#if os(macOS)
    let sodium: Target = .systemLibrary(name: "Clibsodium", pkgConfig: "libsodium", providers: [.brew(["libsodium"])])
    let libpq: Target = .systemLibrary(name: "Clibpq", pkgConfig: "libpq", providers: [.brew(["libpq"])])
#else
    // No pkgConfig here: SwiftPM would warn every consumer on a machine without libsodium, needed or not.
    let sodium: Target = .systemLibrary(name: "Clibsodium", providers: [.apt(["libsodium-dev"])])
    let libpq: Target = .systemLibrary(name: "Clibpq", providers: [.apt(["libpq-dev"])])
#endif

let package = Package(
    name: "swift-phone-identity",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PhoneIdentity", targets: ["PhoneIdentity"]),
        .library(name: "PhoneNormalization", targets: ["PhoneNormalization"]),
        .library(name: "PhoneCarriers", targets: ["PhoneCarriers"]),
        .library(name: "PhoneGeography", targets: ["PhoneGeography"]),
        .library(name: "OTPEngine", targets: ["OTPEngine"]),
        .library(name: "SealedStore", targets: ["SealedStore"]),
        .library(name: "AuditLog", targets: ["AuditLog"]),
        .library(name: "ConsentLedger", targets: ["ConsentLedger"]),
        .library(name: "Messaging", targets: ["Messaging"]),
        .library(name: "RecordStorage", targets: ["RecordStorage"]),
        .library(name: "CryptoPrimitives", targets: ["CryptoPrimitives"]),
        .library(name: "SQLiteStorage", targets: ["SQLiteStorage"]),
        .library(name: "PostgresStorage", targets: ["PostgresStorage"]),
        .library(name: "ProcessTransport", targets: ["ProcessTransport"]),
        .library(name: "ServiceObservability", targets: ["ServiceObservability"]),
        .library(name: "SMPPTransport", targets: ["SMPPTransport"]),
        .library(name: "SMTPTransport", targets: ["SMTPTransport"]),
        .library(name: "TwilioTransport", targets: ["TwilioTransport"]),
        .library(name: "VonageTransport", targets: ["VonageTransport"]),
        .library(name: "WebhookTransport", targets: ["WebhookTransport"]),
        .library(name: "PhoneIdentityTesting", targets: ["PhoneIdentityTesting"]),
        .executable(name: "phone-identity", targets: ["phone-identity"]),
    ],
    traits: [
        .trait(name: "SQLite", description: "SQLiteStorage on GRDB."),
        .trait(name: "Processes", description: "Key service and sender in processes of their own, on SwiftNIO."),
        .trait(name: "Observability", description: "ServerObserver on swift-log, swift-metrics and swift-distributed-tracing."),
        .trait(name: "SMPP", description: "SMPPTransport on SwiftNIO."),
        .trait(name: "SMTP", description: "SMTPTransport on SwiftNIO."),
        .trait(name: "HTTP", description: "TwilioTransport, VonageTransport and WebhookTransport, on async-http-client."),
        .trait(
            name: "Tool", description: "Every command of phone-identity; without it, only `normalize`.",
            enabledTraits: ["SQLite", "Processes"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The number itself: no dependency, no Foundation.
        .target(name: "CPhoneMetadata", exclude: ["NOTICE"]),
        .target(name: "PhoneNormalization", dependencies: ["CPhoneMetadata"], swiftSettings: strict),

        // What is known about a number's first digits: each with tables of its own, for those who want them.
        .target(name: "NumberPrefixes", dependencies: ["PhoneNormalization"], swiftSettings: strict),
        .target(name: "CPhoneCarriers", exclude: ["NOTICE"]),
        .target(
            name: "PhoneCarriers", dependencies: ["PhoneNormalization", "NumberPrefixes", "CPhoneCarriers"], swiftSettings: strict),
        .target(name: "CPhoneGeography", exclude: ["NOTICE"]),
        .target(
            name: "PhoneGeography", dependencies: ["PhoneNormalization", "NumberPrefixes", "CPhoneGeography"], swiftSettings: strict),

        // The words and the storage all engines share.
        .target(name: "RecordStorage", swiftSettings: strict),
        .target(name: "IdentityTypes", dependencies: ["RecordStorage"], swiftSettings: strict),
        sodium,
        .target(name: "CryptoPrimitives", dependencies: ["Clibsodium", "RecordStorage"], swiftSettings: strict),

        // The engines.
        .target(name: "OTPEngine", dependencies: ["RecordStorage", "IdentityTypes", "CryptoPrimitives"], swiftSettings: strict),
        .target(
            name: "Messaging", dependencies: ["RecordStorage", "IdentityTypes", "CryptoPrimitives", "PhoneNormalization"],
            swiftSettings: strict),
        .target(name: "SealedStore", dependencies: ["RecordStorage", "IdentityTypes", "CryptoPrimitives"], swiftSettings: strict),
        .target(name: "AuditLog", dependencies: ["RecordStorage", "IdentityTypes", "CryptoPrimitives"], swiftSettings: strict),
        .target(name: "ConsentLedger", dependencies: ["RecordStorage", "IdentityTypes", "CryptoPrimitives"], swiftSettings: strict),

        // The façade.
        .target(
            name: "PhoneIdentity",
            dependencies: [
                "PhoneNormalization", "OTPEngine", "SealedStore", "AuditLog", "ConsentLedger", "Messaging", "IdentityTypes",
                "RecordStorage",
            ],
            swiftSettings: strict),

        // Adapters.
        .target(
            name: "SQLiteStorage",
            dependencies: [
                "RecordStorage",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
                .product(name: "GRDBSQLite", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: strict),
        // No trait: it takes no package, and a consumer of the other modules neither builds nor links it.
        libpq,
        .target(name: "PostgresStorage", dependencies: ["RecordStorage", "Clibpq"], swiftSettings: strict),

        // Between processes.
        .target(
            name: "ProcessTransport",
            dependencies: [
                "RecordStorage", "SealedStore",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Processes"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Processes"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Processes"])),
            ],
            swiftSettings: strict),

        // A host's logs, metrics and traces.
        .target(
            name: "ServiceObservability",
            dependencies: [
                "IdentityTypes",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Observability"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Observability"])),
            ],
            swiftSettings: strict),

        // Gateways. The first is what those share that keep connections of their own.
        .target(
            name: "GatewayConnection",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["SMPP", "SMTP"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["SMPP", "SMTP"])),
            ],
            swiftSettings: strict),
        .target(
            name: "SMPPTransport",
            dependencies: [
                "GatewayConnection", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["SMPP"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["SMPP"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["SMPP"])),
            ],
            swiftSettings: strict),
        .target(
            name: "SMTPTransport",
            dependencies: [
                "GatewayConnection", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["SMTP"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["SMTP"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["SMTP"])),
            ],
            swiftSettings: strict),
        // Those over HTTP; the first is what the others share.
        .target(
            name: "GatewayHTTP",
            dependencies: [
                "Messaging", "RecordStorage", "CryptoPrimitives",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["HTTP"])),
            ],
            swiftSettings: strict),
        .target(
            name: "TwilioTransport", dependencies: ["GatewayHTTP", "Messaging", "RecordStorage", "CryptoPrimitives"],
            swiftSettings: strict),
        .target(
            name: "VonageTransport",
            dependencies: [
                "GatewayHTTP", "Messaging", "RecordStorage", "CryptoPrimitives",
                .product(name: "CryptoExtras", package: "swift-crypto", condition: .when(traits: ["HTTP"])),
            ],
            swiftSettings: strict),
        .target(
            name: "WebhookTransport", dependencies: ["GatewayHTTP", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives"],
            swiftSettings: strict),

        // For hosts' own tests.
        .target(
            name: "PhoneIdentityTesting",
            dependencies: [
                "PhoneIdentity", "OTPEngine", "SealedStore", "AuditLog", "ConsentLedger", "Messaging", "IdentityTypes", "RecordStorage",
                "CryptoPrimitives",
            ],
            swiftSettings: strict),
        .executableTarget(name: "simulate", dependencies: ["PhoneIdentityTesting"], swiftSettings: strict),

        // For operators and auditors.
        .executableTarget(
            name: "phone-identity",
            dependencies: [
                "PhoneNormalization", "PhoneIdentity", "AuditLog", "SealedStore", "IdentityTypes", "RecordStorage", "CryptoPrimitives",
                "SQLiteStorage", "Messaging", "ProcessTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Tool"])),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Tool"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Tool"])),
            ],
            swiftSettings: strict),

        // Load on a deployment, for the crash tests and benchmarks.
        .executableTarget(
            name: "signup-load",
            dependencies: [
                "PhoneIdentity", "OTPEngine", "SealedStore", "AuditLog", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives",
                "SQLiteStorage", "PostgresStorage", "ProcessTransport", "PhoneIdentityTesting",
            ],
            path: "Tests/SignUpLoad", swiftSettings: strict),

        // Drives the SMPP gateway against a message centre, for the checks with other people's programs and the benchmark.
        .executableTarget(
            name: "smpp-load",
            dependencies: ["SMPPTransport", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives"],
            path: "Tests/SMPPLoad", swiftSettings: strict),

        // Drives the SMTP gateway against a mail server, for the checks with other people's programs.
        .executableTarget(
            name: "smtp-load",
            dependencies: ["SMTPTransport", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives"],
            path: "Tests/SMTPLoad", swiftSettings: strict),

        // Honest people and attackers on one deployment, in simulated time.
        .executableTarget(
            name: "traffic",
            dependencies: ["OTPEngine", "IdentityTypes", "RecordStorage", "CryptoPrimitives", "PhoneIdentityTesting"],
            path: "Tests/Traffic", swiftSettings: strict),

        // Whether the time of an answer tells what the answer does not.
        .executableTarget(
            name: "timing",
            dependencies: [
                "PhoneIdentity", "PhoneNormalization", "OTPEngine", "SealedStore", "AuditLog", "Messaging", "IdentityTypes",
                "RecordStorage", "CryptoPrimitives",
                "PhoneIdentityTesting",
            ],
            path: "Tests/Timing", swiftSettings: strict),

        // What is left in memory of secrets that were dropped.
        .executableTarget(
            name: "memory-scan", dependencies: ["SealedStore", "IdentityTypes", "RecordStorage", "CryptoPrimitives"],
            path: "Tests/MemoryScan", exclude: ["scan.py"], swiftSettings: strict),

        // What this library answers, for the comparison with other people's programs.
        .executableTarget(
            name: "phone-answers", dependencies: ["PhoneNormalization", "PhoneCarriers", "PhoneGeography"], path: "Tests/PhoneAnswers",
            swiftSettings: strict),

        .testTarget(
            name: "PhoneNormalizationTests", dependencies: ["PhoneNormalization"], resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(name: "PhoneCarriersTests", dependencies: ["PhoneCarriers", "PhoneNormalization"], swiftSettings: strict),
        .testTarget(name: "PhoneGeographyTests", dependencies: ["PhoneGeography", "PhoneNormalization"], swiftSettings: strict),
        .testTarget(
            name: "RecordStorageTests",
            dependencies: [
                "RecordStorage", "CryptoPrimitives", "SQLiteStorage", "PhoneIdentityTesting",
                .product(name: "GRDBSQLite", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PostgresStorageTests", dependencies: ["PostgresStorage", "RecordStorage", "PhoneIdentityTesting"], swiftSettings: strict),
        .testTarget(
            name: "CryptoPrimitivesTests", dependencies: ["CryptoPrimitives", "RecordStorage", "PhoneIdentityTesting"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "SealedStoreTests",
            dependencies: [
                "SealedStore", "AuditLog", "PhoneNormalization", "CryptoPrimitives", "IdentityTypes", "RecordStorage",
                "PhoneIdentityTesting",
            ],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "OTPEngineTests",
            dependencies: ["OTPEngine", "CryptoPrimitives", "IdentityTypes", "RecordStorage", "PhoneIdentityTesting"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "AuditLogTests",
            dependencies: ["AuditLog", "CryptoPrimitives", "IdentityTypes", "RecordStorage", "PhoneIdentityTesting"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "ConsentLedgerTests",
            dependencies: ["ConsentLedger", "AuditLog", "CryptoPrimitives", "IdentityTypes", "RecordStorage", "PhoneIdentityTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "MessagingTests",
            dependencies: ["Messaging", "CryptoPrimitives", "IdentityTypes", "RecordStorage", "PhoneNormalization"],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "ServiceObservabilityTests",
            dependencies: [
                "ServiceObservability", "PhoneIdentity", "PhoneIdentityTesting", "Messaging", "IdentityTypes", "RecordStorage",
                "SealedStore",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Observability"])),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Observability"])),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing", condition: .when(traits: ["Observability"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProcessTransportTests", dependencies: ["ProcessTransport", "SealedStore", "RecordStorage"], swiftSettings: strict),
        .testTarget(
            name: "SMPPTransportTests",
            dependencies: [
                "SMPPTransport", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives", "PhoneIdentityTesting",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["SMPP"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["SMPP"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SMTPTransportTests",
            dependencies: [
                "SMTPTransport", "GatewayConnection", "Messaging", "IdentityTypes", "RecordStorage", "CryptoPrimitives",
                "PhoneIdentityTesting",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["SMTP"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["SMTP"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["SMTP"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPTransportTests",
            dependencies: [
                "TwilioTransport", "VonageTransport", "WebhookTransport", "GatewayHTTP", "Messaging", "CryptoPrimitives", "IdentityTypes",
                "RecordStorage", "PhoneIdentityTesting",
            ],
            resources: [.copy("Vectors")], swiftSettings: strict),
        .testTarget(
            name: "PhoneIdentityTestingTests",
            dependencies: ["PhoneIdentityTesting", "PhoneIdentity", "RecordStorage", "SQLiteStorage"], swiftSettings: strict),
        .testTarget(
            name: "PhoneIdentityTests",
            dependencies: [
                "PhoneIdentity", "PhoneNormalization", "OTPEngine", "SealedStore", "AuditLog", "ConsentLedger", "Messaging",
                "IdentityTypes",
                "RecordStorage", "SQLiteStorage", "CryptoPrimitives", "PhoneIdentityTesting",
                .product(name: "GRDBSQLite", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: strict),
    ]
)
