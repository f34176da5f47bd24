package import JSON

/// The first versions of AWS's SDKs that know the agent's addresses and the token file (EKS User
/// Guide, "Use Pod Identity with the AWS SDK").
package enum SDKVersions {
  /// The SDKs and their versions.
  static let table = [
    ("AWS CLI", ["1.30.0", "2.15.0"]), ("boto3, botocore", ["1.34.41"]),
    ("C++", ["1.11.263"]), ("Go v1", ["1.47.11"]), ("Go v2", ["release-2023-11-14"]),
    ("Java v1", ["1.12.746"]), ("Java v2", ["2.21.30"]), ("JavaScript v2", ["2.1550.0"]),
    ("JavaScript v3", ["3.458.0"]), ("Kotlin", ["1.0.1"]), (".NET", ["3.7.734.0"]),
    ("PHP", ["3.287.1"]),
    ("Ruby", ["3.188.0"]), ("Rust", ["release-2024-03-13"]),
  ]

  /// The table for tools: each SDK with its first versions, one a line of releases.
  package static var json: JSON {
    .array(
      table.map { name, versions in
        [
          "sdk": .string(name),
          "versions": .strings(versions),
        ]
      })
  }

  /// The table as lines.
  package static var lines: [String] {
    table.map { name, versions in
      name + String(repeating: " ", count: max(2, 18 - name.count))
        + versions.joined(separator: ", ")
    }
  }
}
