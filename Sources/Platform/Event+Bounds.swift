import JSON

extension Event {
  /// The most bytes of a name in an event: Kubernetes' and IAM's are shorter.
  private static let nameLimit = 253
  private static let textLimit = 4096
  /// The most of a detail: S3's keys and the ARNs of sessions are shorter.
  private static let detailLimit = 1024

  /// How many bytes its texts and lists take when they are served, and whether all texts are as short
  /// as they have to be; most events are looked at for this alone.
  var measure: (bytes: Int, isBounded: Bool) {
    var (bytes, isBounded) = (0, true)
    func add(_ text: String?, _ limit: Int) {
      guard let text = text?.utf8 else { return }
      bytes += text.count
      guard text.count > 64 else { return }
      // Quotes and controls are escaped, which the short texts of usual events have few of.
      bytes += text.reduce(0) { $0 + ($1 < 0x20 ? 5 : $1 == 0x22 || $1 == 0x5C ? 1 : 0) }
      if text.count > limit { isBounded = false }
    }
    add(operation, Self.nameLimit)
    add(subject.namespace, Self.nameLimit)
    add(subject.serviceAccount, Self.nameLimit)
    add(subject.pod, Self.nameLimit)
    add(reason, Self.textLimit)
    for (_, value) in details {
      switch value {
      case .string(let text): add(text, Self.detailLimit)
      case .array, .object: bytes += value.approximateSize(limit: .max)
      default: break
      }
    }
    for text in texts { bytes += text.json.count }
    return (bytes, isBounded)
  }

  /// The event with its texts cut, so that ten thousand of them take a bounded memory.
  var bounded: Event {
    func cut(_ text: String?, _ limit: Int) -> String? {
      guard let text, text.utf8.count > limit else { return text }
      return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "..."
    }
    var event = self
    event.operation = cut(operation, Self.nameLimit) ?? ""
    event.subject.namespace = cut(subject.namespace, Self.nameLimit)
    event.subject.serviceAccount = cut(subject.serviceAccount, Self.nameLimit)
    event.subject.pod = cut(subject.pod, Self.nameLimit)
    event.reason = cut(reason, Self.textLimit)
    for (name, value) in details {
      guard let text = value.string, text.utf8.count > Self.detailLimit else { continue }
      event.details[name] = cut(text, Self.detailLimit).map(JSON.string)
    }
    return event
  }
}
