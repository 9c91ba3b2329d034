// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "powercut",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-phone-identity", path: "../../..", traits: ["SQLite"])],
    targets: [
        .executableTarget(
            name: "powercut-workload",
            dependencies: [
                .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "SQLiteStorage", package: "swift-phone-identity"),
            ])
    ]
)
