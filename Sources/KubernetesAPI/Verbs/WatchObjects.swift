import HTTP
import JSON
import Platform

/// `GET .../RESOURCE?watch=true`: changes as they happen, a JSON object a line.
enum WatchObjects {
  private static let bookmarkPause: Duration = .seconds(60)

  /// The stream; its head goes out before the first change.
  static func respond(to call: KubernetesCall) throws(StatusError) -> HTTPResponse {
    let options = try ListOptions(call.query, kind: call.kind)
    try options.checkForWatch()
    let form = try ResponseForm(call.request)
    let start: Int64
    do throws(ResourceVersionFailure) {
      start = Int64(clamping: try ResourceVersion.parse(options.resourceVersion))
    } catch { throw error.answer }
    let sendsInitial = options.sendsInitialEvents ?? false
    let filter = call.filter(options)
    let lines = WatchLines(
      kind: call.kind, filter: filter, form: form, includes: try call.includedObject(form),
      clock: call.cluster.clock)
    // A watch with initial events begins at the present, whatever revision it names; one that asks
    // for none begins there too, without what is there.
    let revision: Int64? = start == 0 || sendsInitial ? nil : start
    let isSilent = options.sendsInitialEvents == false
    let seconds = options.timeoutSeconds.flatMap { $0 == 0 ? nil : $0 } ?? 1800 + start % 1800
    guard let followed = call.cluster.store.follow(call.kind, after: revision) else {
      let error = StatusError.expired(
        "too old resource version: \(start) (\(call.cluster.store.revision))")
      return stream { writer in
        try await writer.write(WatchLines.line("ERROR", error.json.bytes()))
      }
    }
    return stream { writer in
      for object in followed.existing where !isSilent && filter.matches(object) {
        try await writer.write(lines.line("ADDED", object))
      }
      if sendsInitial, options.allowsBookmarks {
        try await writer.write(lines.bookmark(followed.revision, endsInitialEvents: true))
      }
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          try? await Task.sleep(for: .seconds(max(0, min(seconds, 86_400))))
        }
        if options.allowsBookmarks {
          group.addTask {
            while (try? await Task.sleep(for: bookmarkPause)) != nil {
              let now = call.cluster.store.revision
              guard (try? await writer.write(lines.bookmark(now))) != nil else { return }
            }
          }
        }
        group.addTask {
          // A revision that is yet to come is waited for in silence.
          for await change in followed.changes where change.revision > (revision ?? 0) {
            guard let line = lines.line(change) else { continue }
            guard (try? await writer.write(line)) != nil else { return }
          }
        }
        // Whichever ends first ends the watch: the time, or the one who reads.
        await group.next()
        group.cancelAll()
      }
    }
  }

  private static func stream(
    _ body: @escaping @Sendable (any HTTPBodyWriter) async throws -> Void
  ) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: ["Content-Type": "application/json", "Cache-Control": "no-cache, private"],
      body: .stream(length: nil, body))
  }
}

/// The lines of a watch.
struct WatchLines: Sendable {
  let kind: ResourceKind
  let filter: ObjectFilter
  let form: ResponseForm
  let includes: String?
  let clock: any WallClock

  /// A line of a type and an object's bytes.
  static func line(_ type: String, _ object: [UInt8]) -> [UInt8] {
    Array("{\"type\":\"\(type)\",\"object\":".utf8) + object + [0x7D, 0x0A]
  }

  /// A line about one object.
  func line(_ type: String, _ object: StoredObject) -> [UInt8] {
    switch form {
    case .object: Self.line(type, object.bytes)
    case .table(let version):
      Self.line(
        type,
        ObjectTable(kind: kind, version: version, now: clock.now)
          .json([object], includes: includes, revision: object.revision).bytes())
    case .metadata(let version):
      Self.line(type, PartialMetadata.json(object, version: version).bytes())
    }
  }

  /// The line of a change as the filter sees it: what begins to match is added, what no longer
  /// does is deleted; nil where neither state matches.
  func line(_ change: StoredChange) -> [UInt8]? {
    let before = change.before.flatMap { filter.matches($0) ? $0 : nil }
    let after = change.after.flatMap { filter.matches($0) ? $0 : nil }
    if let after { return line(before == nil ? "ADDED" : "MODIFIED", after) }
    guard let before else { return nil }
    return line("DELETED", before.at(revision: change.revision))
  }

  /// A line that says how far the watch has come.
  func bookmark(_ revision: Int64, endsInitialEvents: Bool = false) -> [UInt8] {
    var metadata: JSONObject = [
      "resourceVersion": .string("\(revision)"), "creationTimestamp": .null,
    ]
    if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
    let object: JSON = [
      "kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion),
      "metadata": .object(metadata),
    ]
    return Self.line("BOOKMARK", object.bytes())
  }
}
