import JSON

/// `dryRun`, of which `All` is the only value.
enum DryRun {
  /// Whether everything happens but the change; what is no value is a cause.
  static func isAsked(_ values: [String], _ causes: inout StatusError.Causes) -> Bool {
    if values.contains(where: { $0.bytes != "All" }) {
      let shown = JSON.array(values.map { .string($0) }).text()
      causes.append(
        StatusError.Cause(
          reason: "FieldValueNotSupported",
          message: "Unsupported value: \(shown): supported values: \"All\"", field: "dryRun"))
    }
    return !values.isEmpty
  }
}
