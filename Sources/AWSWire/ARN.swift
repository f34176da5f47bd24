import JSON

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
package struct ARN: Sendable, Hashable, CustomStringConvertible {
  package var partition: String
  package var service: String
  package var region: String
  package var account: String
  package var resource: String

  /// An ARN of these parts.
  package init(
    partition: String = "aws", service: String, region: String, account: String, resource: String
  ) {
    self.partition = partition
    self.service = service
    self.region = region
    self.account = account
    self.resource = resource
  }

  /// Reads an ARN; nil unless it has six parts and partition, service and resource are not empty.
  package init?(_ text: some StringProtocol) {
    let parts = text.bytes.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].bytes == "arn", !parts[1].isEmpty, !parts[2].isEmpty,
      !parts[5].isEmpty
    else { return nil }
    self.init(
      partition: String(parts[1]), service: String(parts[2]), region: String(parts[3]),
      account: String(parts[4]), resource: String(parts[5]))
  }

  /// The ARN as text.
  package var description: String {
    "arn:\(partition):\(service):\(region):\(account):\(resource)"
  }

  package static func == (left: ARN, right: ARN) -> Bool {
    left.description.bytes == right.description.bytes
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(description.bytes) }
}
