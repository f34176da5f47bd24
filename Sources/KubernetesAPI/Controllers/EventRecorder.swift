import Cryptography
import JSON
import Platform

/// Writes Events about objects, as `kubectl describe` shows them; a repeated one counts up.
struct EventRecorder: Sendable {
  /// Whether an Event tells of something to look at.
  enum Kind: String, Sendable {
    case normal = "Normal"
    case warning = "Warning"
  }

  let objects: any ClusterObjects
  let component: String
  let clock: any WallClock
  let log: Log

  /// Writes an Event about an object that lies in a namespace.
  func record(_ kind: Kind, reason: String, message: String, about object: JSON) async {
    let namespace = object.objectNamespace
    let digest = SHA256.hex(Array("\(object.objectUID) \(reason) \(message)".utf8)).prefix(16)
    let name = "\(object.objectName.prefix(200)).\(digest)"
    let now = JSON.string(clock.now.rfc3339)
    do {
      if var event = await objects.object(.events, namespace: namespace, name: name)?.object {
        // It is what anybody wrote who may change events.
        let count = min(max(event["count"]?.integer ?? 1, 0), Int64(Int32.max) - 1)
        event["count"] = .integer(count + 1)
        event["lastTimestamp"] = now
        _ = try await objects.update(.events, .object(event))
        return
      }
      _ = try await objects.create(
        .events,
        [
          "kind": "Event", "apiVersion": "v1",
          "metadata": ["name": .string(name), "namespace": .string(namespace)],
          "involvedObject": Self.reference(object),
          "reason": .string(reason), "message": .string(message),
          "source": ["component": .string(component)],
          "firstTimestamp": now, "lastTimestamp": now, "count": 1, "type": .string(kind.rawValue),
          "eventTime": .null, "reportingComponent": .string(component), "reportingInstance": "",
        ])
    } catch {
      log.debug("event not written", ["reason": .string(reason), "error": .string("\(error)")])
    }
  }

  private static func reference(_ object: JSON) -> JSON {
    [
      "kind": object["kind"] ?? "", "namespace": .string(object.objectNamespace),
      "name": .string(object.objectName), "uid": .string(object.objectUID),
      "apiVersion": object["apiVersion"] ?? "v1",
      "resourceVersion": object.at("metadata", "resourceVersion") ?? "",
    ]
  }
}
