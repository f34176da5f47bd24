// swift-tools-version: 6.2
import PackageDescription

/// The language settings of every target; warnings become errors in `compose/test` only.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A room: a library target and the test target beside it, which may need more.
func room(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil,
  tests: [Target.Dependency] = []
) -> [Target] {
  [
    .target(
      name: name, dependencies: dependencies, resources: resources, swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.target(name: name), "TestSupport"] + dependencies + tests,
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
    .target(name: "CLinux"),

    .target(
      name: "TestSupport", dependencies: ["JSON", "Platform"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .target(
      name: "HTTPTestSupport", dependencies: ["Platform", "HTTP"], path: "Tests/HTTPTestSupport",
      swiftSettings: strict),
    .target(
      name: "AWSTestSupport",
      dependencies: [
        "TestSupport", "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI",
        "AWSWire", "AWSDoor", "EKSAuth", "S3", "AWSAPI",
      ], path: "Tests/AWSTestSupport", swiftSettings: strict),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "TestSupport", "AWSTestSupport", "JSON", "Platform", "PodIdentity", "SQLite",
        "Cryptography", "HTTP",
        "AdminAPI", "KubernetesAPI", "AWSWire", "AWSDoor", "S3",
      ], swiftSettings: strict),
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
    + room("PodIdentity", ["JSON", "Platform"])
    + room("HTTP", ["CLinux", "JSON", "Platform", "Cryptography"])
    + room(
      "AdminAPI", ["JSON", "Platform", "Cryptography", "PodIdentity", "HTTP"],
      tests: ["HTTPTestSupport"])
    + room("IAMPolicy", ["JSON", "Platform"])
    + room("AWSWire", ["JSON", "Platform", "Cryptography", "HTTP"])
    + room("AWSClient", ["JSON", "Platform", "Cryptography", "HTTP", "AWSWire"])
    + room(
      "PodAdmission",
      ["JSON", "Platform", "PodIdentity", "HTTP", "AdminAPI", "AWSWire", "AWSClient"])
    + room(
      "KubernetesAPI",
      [
        "JSON", "Platform", "SQLite", "Cryptography", "PodIdentity", "HTTP", "AdminAPI", "AWSWire",
        "PodAdmission",
      ], tests: ["HTTPTestSupport"])
    + room(
      "AWSDoor",
      [
        "JSON", "Platform", "SQLite", "Cryptography", "PodIdentity", "HTTP", "AdminAPI",
        "IAMPolicy", "AWSWire",
      ], tests: ["AWSTestSupport"])
    + room(
      "IAM", ["JSON", "Platform", "PodIdentity", "HTTP", "IAMPolicy", "AWSWire", "AWSDoor"],
      tests: ["AWSTestSupport"])
    + room(
      "STS", ["JSON", "HTTP", "AWSWire", "AWSDoor"], tests: ["Platform", "AWSTestSupport"])
    + room(
      "EKS", ["JSON", "Platform", "PodIdentity", "HTTP", "IAMPolicy", "AWSWire", "AWSDoor"],
      tests: ["AWSTestSupport"])
    + room(
      "EKSAuth",
      [
        "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI", "IAMPolicy",
        "AWSWire", "AWSDoor",
      ], tests: ["AWSTestSupport"])
    + room(
      "S3",
      [
        "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI", "IAMPolicy",
        "AWSWire", "AWSDoor",
      ], tests: ["AWSTestSupport", "HTTPTestSupport"])
    + room(
      "AWSAPI",
      [
        "JSON", "Platform", "PodIdentity", "HTTP", "AdminAPI", "AWSWire", "AWSDoor", "IAM", "STS",
        "EKS", "EKSAuth", "S3",
      ], tests: ["Cryptography", "IAMPolicy", "AWSTestSupport", "HTTPTestSupport"])
    + room("KubernetesClient", ["JSON", "Platform", "Cryptography", "HTTP"])
    + room("Kubelet", ["CLinux", "JSON", "Platform", "PodIdentity", "KubernetesClient"])
    + room(
      "NodeAgent",
      [
        "CLinux", "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI", "AWSWire",
        "AWSClient", "KubernetesClient", "Kubelet",
      ], tests: ["HTTPTestSupport"])
    + room(
      "CommandCore",
      [
        "CLinux", "JSON", "YAML", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI",
        "IAMPolicy", "AWSWire", "AWSClient", "KubernetesClient", "Kubelet",
      ])
    + room(
      "Explain",
      [
        "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI", "IAMPolicy",
        "AWSWire", "AWSClient", "KubernetesClient", "Kubelet", "CommandCore",
      ])
    + room(
      "Doctor",
      ["JSON", "Platform", "HTTP", "AWSWire", "AWSClient", "Kubelet", "CommandCore"])
    + room(
      "Console",
      [
        "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AWSClient", "KubernetesClient",
        "CommandCore",
      ],
      resources: [.embedInCode("Page")])
    + room(
      "PodIdentityCLI",
      [
        "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI", "IAMPolicy",
        "AWSClient", "KubernetesClient", "Kubelet", "CommandCore", "Explain", "Doctor", "Console",
      ]),
  swiftLanguageModes: [.v6]
)
