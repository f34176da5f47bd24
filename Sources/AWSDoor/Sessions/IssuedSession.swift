import JSON
package import Platform

/// What temporary credentials say about whom they were issued to.
///
/// All of it travels, sealed, in the session token; nothing is kept here per session.
package struct IssuedSession: Sendable {
  /// A session tag.
  package struct Tag: Sendable {
    package let key: String
    package let value: String
    /// Whether the tag follows into sessions that this one opens.
    package let isTransitive: Bool

    /// A tag.
    package init(key: String, value: String, isTransitive: Bool) {
      self.key = key
      self.value = value
      self.isTransitive = isTransitive
    }
  }

  /// The ARN of the role, path included.
  package let roleARN: String
  /// The role's id, `AROA...`.
  package let roleID: String
  package let sessionName: String
  package let tags: [Tag]
  package let issued: Instant
  package let expires: Instant
  /// An inline policy that narrows what the role allows.
  package let policy: String?

  /// A session.
  package init(
    roleARN: String, roleID: String, sessionName: String, tags: [Tag], issued: Instant,
    expires: Instant, policy: String?
  ) {
    self.roleARN = roleARN
    self.roleID = roleID
    self.sessionName = sessionName
    self.tags = tags
    self.issued = issued
    self.expires = expires
    self.policy = policy
  }

  /// The role's name, without its path.
  package var roleName: String { roleARN.bytes.split(separator: "/").last.map(String.init) ?? "" }
}

extension IssuedSession {
  /// The form that is sealed: short names, no member that has its usual value.
  var json: JSON {
    var object: JSONObject = [
      "r": .string(roleARN), "i": .string(roleID), "n": .string(sessionName),
      "b": .integer(issued.nanoseconds), "e": .integer(expires.nanoseconds),
    ]
    if !tags.isEmpty {
      object["t"] = .array(
        tags.map { .array([.string($0.key), .string($0.value), .bool($0.isTransitive)]) })
    }
    object["p"] = policy.map(JSON.string)
    return .object(object)
  }

  /// Reads the sealed form; nil where it is not one.
  init?(json: JSON) {
    guard let roleARN = json["r"]?.string, let roleID = json["i"]?.string,
      let name = json["n"]?.string, let issued = json["b"]?.integer,
      let expires = json["e"]?.integer
    else { return nil }
    var tags: [Tag] = []
    for tag in json["t"]?.array ?? [] {
      guard let key = tag[0]?.string, let value = tag[1]?.string, let passes = tag[2]?.bool
      else { return nil }
      tags.append(Tag(key: key, value: value, isTransitive: passes))
    }
    self.init(
      roleARN: roleARN, roleID: roleID, sessionName: name, tags: tags,
      issued: Instant(nanoseconds: issued), expires: Instant(nanoseconds: expires),
      policy: json["p"]?.string)
  }
}
