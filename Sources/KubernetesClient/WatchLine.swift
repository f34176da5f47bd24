import JSON

/// A line of a watch's answer.
enum WatchLine: Sendable {
  case event(WatchEvent)
  /// A bookmark, or what is no line of a watch.
  case nothing
  /// The revision is too old: all is to be listed anew.
  case expired
  case failed(KubernetesError)

  /// Reads a line.
  init(_ bytes: [UInt8]) {
    guard let line = try? JSON.parse(bytes), let object = line["object"] else {
      self = .nothing
      return
    }
    let type = line["type"]?.string ?? ""
    switch type.bytes {
    case "ADDED", "MODIFIED": self = .event(.set(object))
    case "DELETED": self = .event(.removed(object))
    case "BOOKMARK": self = .nothing
    default:
      let code = object["code"]?.integer.flatMap { Int(exactly: $0) } ?? 500
      self = code == 410 ? .expired : .failed(KubernetesError(status: code, body: object))
    }
  }
}
