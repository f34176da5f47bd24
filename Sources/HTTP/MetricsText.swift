/// Metrics in Prometheus' text format, version 0.0.4.
package struct MetricsText: Sendable {
  /// The type to serve it as.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"
  /// The lines so far.
  package private(set) var text = ""

  /// No metrics yet.
  package init() {}

  /// Adds a family with its samples; nothing where there are none.
  package mutating func add(
    _ name: String, type: String, help: String,
    samples: [(labels: [(String, String)], value: Double)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
      text += name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
      text += " \(Self.number(sample.value))\n"
    }
  }

  private static func escaped(_ value: String) -> String {
    value.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}
