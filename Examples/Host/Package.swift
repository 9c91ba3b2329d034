// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Host",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-phone-identity", path: "../..", traits: ["SQLite"])],
    targets: [
        .executableTarget(
            name: "Host",
            dependencies: [
                .product(name: "PhoneIdentity", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
