import JSON
import Platform

/// Objects as the table that `kubectl get` prints (meta.k8s.io `Table`).
struct ObjectTable: Sendable {
  let kind: ResourceKind
  let version: String
  let now: Instant

  /// The table of these objects.
  func json(
    _ objects: [StoredObject], includes: String?, revision: Int64, rest: JSONObject = [:],
    hasColumns: Bool = true
  ) -> JSON {
    var metadata: JSONObject = ["resourceVersion": .string("\(revision)")]
    for (name, value) in rest { metadata[name] = value }
    return [
      "kind": "Table", "apiVersion": .string("meta.k8s.io/\(version)"),
      "metadata": .object(metadata),
      "columnDefinitions": hasColumns ? .array(kind.columns.map(\.json)) : .null,
      "rows": .array(objects.map { row($0, includes: includes) }),
    ]
  }

  private func row(_ object: StoredObject, includes: String?) -> JSON {
    var row: JSONObject = [
      "cells": .array(kind.columns.map { $0.cell(object.json, now) })
    ]
    switch includes?.bytes {
    case "None": break
    case "Object": row["object"] = object.json
    default: row["object"] = PartialMetadata.json(object, version: version)
    }
    return .object(row)
  }
}

/// How long ago something was, as kubectl writes it (apimachinery `pkg/util/duration`).
enum HumanAge {
  /// The age of a time in RFC 3339; `<unknown>` where there is none.
  static func text(since time: String?, now: Instant) -> String {
    guard let time, let start = Instant(rfc3339: time) else { return "<unknown>" }
    let passed = now.seconds - start.seconds
    // Clocks that differ by a second are let go.
    guard passed >= -1 else { return "<invalid>" }
    let seconds = max(0, passed)
    let minutes = seconds / 60
    let hours = minutes / 60
    let days = hours / 24
    switch seconds {
    case ..<120: return "\(seconds)s"
    case ..<600: return pair(minutes, "m", seconds % 60, "s")
    case ..<(3 * 3600): return "\(minutes)m"
    case ..<(8 * 3600): return pair(hours, "h", minutes % 60, "m")
    case ..<(48 * 3600): return "\(hours)h"
    case ..<(192 * 3600): return pair(days, "d", hours % 24, "h")
    case ..<(2 * 365 * 86_400): return "\(days)d"
    case ..<(8 * 365 * 86_400): return pair(days / 365, "y", days % 365, "d")
    default: return "\(days / 365)y"
    }
  }

  private static func pair(_ first: Int64, _ one: String, _ second: Int64, _ two: String) -> String
  {
    second == 0 ? "\(first)\(one)" : "\(first)\(one)\(second)\(two)"
  }
}
