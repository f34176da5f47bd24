import JSON

/// The group and version that a path lies in.
struct GroupVersion: Sendable {
  /// Empty for the core group.
  let group: String
  let version: String

  /// Of a path whose segments go on behind the version; nil for any other.
  init?(_ segments: [String]) {
    guard let root = segments.first?.bytes, ["api", "apis"].contains(root) else { return nil }
    let isCore = root == "api"
    guard segments.count > (isCore ? 2 : 3), !segments[isCore ? 2 : 3].isEmpty else { return nil }
    group = isCore ? "" : segments[1]
    version = segments[isCore ? 1 : 2]
    guard isCore || !group.isEmpty else { return nil }
  }

  /// How many segments of the path name it.
  var segmentCount: Int { group.isEmpty ? 2 : 3 }

  /// Whether any kind is stored in it.
  var hasKinds: Bool {
    ResourceKind.all.contains {
      $0.group.bytes == group.bytes && $0.version.bytes == version.bytes
    }
  }
}
