import HTTP
import JSON

/// What the members of a stack file have to be, whoever wrote it.
enum StackMembers {
  private enum Kind {
    case text, token, url, path, pid
  }

  private static let known: [(part: String?, name: String, kind: Kind)] = [
    (nil, "id", .text), (nil, "cluster", .text), (nil, "region", .text), (nil, "account", .text),
    (nil, "node", .text), (nil, "state", .path), (nil, "adminToken", .token),
    ("kubernetes", "url", .url), ("kubernetes", "admin", .url),
    ("kubernetes", "kubeconfig", .path), ("kubernetes", "ca", .path),
    ("kubernetes", "issuer", .text), ("kubernetes", "pid", .pid),
    ("aws", "url", .url), ("aws", "admin", .url), ("aws", "accessKeyId", .token),
    ("aws", "secretAccessKey", .token), ("aws", "pid", .pid), ("s3", "url", .url),
    ("s3", "pid", .pid), ("agent", "url", .url), ("agent", "probe", .url),
    ("agent", "metrics", .url), ("agent", "admin", .url), ("agent", "pods", .path),
    ("agent", "pid", .pid),
  ]
  /// Longer than any path or name (limits.h, PATH_MAX).
  private static let longest = 4096

  private static func label(_ part: String?, _ name: String) -> String {
    part.map { "\($0).\(name)" } ?? name
  }

  private static func value(_ part: String?, _ name: String, _ json: JSON) -> JSON? {
    part.map { json[$0]?[name] } ?? json[name]
  }

  /// What is wrong with a stack file's content; nil where podid can work with it.
  static func objection(to json: JSON) -> String? {
    guard json["version"]?.integer == 1, json["adminToken"]?.string != nil,
      json.at("kubernetes", "kubeconfig")?.string != nil, json.at("aws", "url")?.string != nil,
      json.at("agent", "url")?.string != nil
    else { return "it is not a stack file of this version" }
    for (part, name, kind) in known {
      guard let value = value(part, name, json) else { continue }
      guard let reason = objection(to: value, kind) else { continue }
      return "its \(label(part, name)) \(reason)"
    }
    return nil
  }

  private static func objection(to value: JSON, _ kind: Kind) -> String? {
    if case .pid = kind {
      return ServerProgram.pid(value.integer) == nil
        ? "is no number that a server's process can have" : nil
    }
    guard let text = value.string else { return "is no text" }
    guard text.utf8.count <= longest else { return "is too long" }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      return "has control characters"
    }
    switch kind {
    case .text, .pid: return nil
    case .token:
      return text.utf8.allSatisfy { 0x21...0x7E ~= $0 } ? nil : "is no token or key"
    case .url: return text.isEmpty || HTTPURL(text) != nil ? nil : "is no http or https URL"
    case .path:
      return text.isEmpty || text.utf8.first == UInt8(ascii: "/") ? nil : "is no absolute path"
    }
  }

  /// What a file that podid did not write must not name, though the user named the file: places
  /// beyond this machine, and files beside its own state.
  ///
  /// Nil where it names none.
  static func strangeness(of json: JSON) -> String? {
    let state = json["state"]?.string ?? ""
    for (part, name, kind) in known {
      guard let text = value(part, name, json)?.string, !text.isEmpty else { continue }
      switch kind {
      case .url:
        guard let url = HTTPURL(text), url.place.isLoopbackAddress else {
          return "its \(label(part, name)) is not on loopback"
        }
      case .path where part != nil:
        guard isBelow(state, text) else {
          return "its \(label(part, name)) is not in its state folder"
        }
      default: break
      }
    }
    return nil
  }

  private static func isBelow(_ folder: String, _ path: String) -> Bool {
    let parts = path.bytes.split(separator: "/", omittingEmptySubsequences: false)
    return !folder.isEmpty && path.bytes.hasPrefix("\(folder)/".bytes)
      && !parts.contains { $0.bytes == ".." }
  }
}
