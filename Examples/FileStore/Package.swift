// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "FileStore",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-phone-identity", path: "../..")],
    targets: [
        .target(
            name: "FileStore", dependencies: [.product(name: "RecordStorage", package: "swift-phone-identity")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "FileStoreTests",
            dependencies: [
                "FileStore", .product(name: "RecordStorage", package: "swift-phone-identity"),
                .product(name: "PhoneIdentityTesting", package: "swift-phone-identity"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
