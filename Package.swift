// swift-tools-version: 6.2
import PackageDescription

/// The language settings of every target; warnings become errors in `compose/test` only.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A room: a library target and the test target beside it.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.target(name: name), "TestSupport"] + dependencies,
      swiftSettings: strict),
  ]
}

/// An executable that holds a main of a few lines.
func executable(_ name: String, _ room: Target.Dependency) -> Target {
  .executableTarget(name: name, dependencies: [room, "Platform"], swiftSettings: strict)
}

let package = Package(
  name: "podid",
  products: [
    .executable(name: "kubernetes-api", targets: ["kubernetes-api"]),
    .executable(name: "aws-api", targets: ["aws-api"]),
    .executable(name: "node-agent", targets: ["node-agent"]),
    .executable(name: "podid", targets: ["podid"]),
  ],
  dependencies: [],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLinux"),

    .target(
      name: "TestSupport", dependencies: ["JSON", "Platform"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "StackTests", dependencies: ["TestSupport", "JSON", "Platform"],
      swiftSettings: strict),

    executable("kubernetes-api", "KubernetesAPI"),
    executable("aws-api", "AWSAPI"),
    executable("node-agent", "NodeAgent"),
    executable("podid", "PodIdentityCLI"),
  ]
    + room("JSON", [])
    + room("YAML", ["CYAML", "JSON"])
    + room("Platform", ["CLinux", "JSON"])
    + room("SQLite", ["CSQLite", "Platform"])
    + room("Cryptography", ["COpenSSL", "JSON", "Platform"])
    + room("HTTP", ["CLinux", "JSON", "Platform", "Cryptography"])
    + room("AdminAPI", ["JSON", "Platform", "Cryptography", "HTTP"])
    + room("IAMPolicy", ["JSON", "Platform"])
    + room("AWSWire", ["JSON", "Platform", "Cryptography", "HTTP"])
    + room(
      "KubernetesAPI",
      ["JSON", "Platform", "SQLite", "Cryptography", "HTTP", "AdminAPI", "AWSWire"])
    + room(
      "AWSAPI",
      ["JSON", "Platform", "SQLite", "Cryptography", "HTTP", "AdminAPI", "IAMPolicy", "AWSWire"])
    + room("KubernetesClient", ["JSON", "Platform", "Cryptography", "HTTP"])
    + room("Kubelet", ["CLinux", "JSON", "Platform", "KubernetesClient"])
    + room(
      "NodeAgent",
      [
        "CLinux", "JSON", "Platform", "Cryptography", "HTTP", "AdminAPI", "AWSWire",
        "KubernetesClient", "Kubelet",
      ])
    + room(
      "PodIdentityCLI",
      [
        "CLinux", "JSON", "YAML", "Platform", "Cryptography", "HTTP", "IAMPolicy", "AWSWire",
        "KubernetesClient", "Kubelet",
      ]),
  swiftLanguageModes: [.v6]
)
