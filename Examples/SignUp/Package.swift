// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "SignUp",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-phone-identity", path: "../..", traits: ["SQLite"]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "SignUp",
            dependencies: [
                .product(name: "PhoneIdentity", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
