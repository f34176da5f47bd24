package import JSON
import Platform

/// The offset of the stack's clock, as the Node object shows it: so that whoever holds pods of the
/// node elsewhere, as `podid pod` does, renews tokens by the same time.
package enum NodeClock {
  /// On the Node; its value is a number of seconds.
  package static let annotation = "podid.local/clock-offset-seconds"

  /// A merge patch of the Node.
  package static func patch(_ offset: Duration) -> JSON {
    let seconds = Double(offset.nanoseconds) / 1e9
    return [
      "metadata": [
        "annotations": .object([annotation: offset == .zero ? .null : .string("\(seconds)")])
      ]
    ]
  }

  /// The offset that a Node shows.
  package static func offset(of node: JSON) -> Duration {
    guard let text = node.at("metadata", "annotations", annotation)?.string,
      let seconds = Double(decimal: text), abs(seconds) <= 3_200_000_000
    else { return .zero }
    return .nanoseconds(Int64(seconds * 1e9))
  }
}
