// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "PhoneNumberOnly",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-phone-identity", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "PhoneNumberOnly",
            dependencies: [.product(name: "PhoneNormalization", package: "swift-phone-identity")])
    ]
)
