import JSON

/// What upstream refuses in a container's `env` and `envFrom` (kubernetes
/// `pkg/apis/core/validation`, `ValidateEnv` and `ValidateEnvFrom`).
enum PodEnvironmentRules {
  /// apimachinery's `relaxedEnvVarNameFmtErrMsg`; relaxed names are served since Kubernetes 1.34.
  private static let nameRule =
    "a valid environment variable name must consist only of printable ASCII characters other than '='"
  private static let keyRule =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
    + "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

  /// What is wrong with the variables of a container at `field`.
  static func objections(_ container: JSON, field: String) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    for (index, variable) in (container["env"]?.array ?? []).enumerated() {
      let place = "\(field).env[\(index)]"
      let name = variable["name"]?.string ?? ""
      if name.isEmpty {
        causes.append(.required("\(place).name"))
      } else if !isName(name) {
        causes.append(.invalidValue("\(place).name", GoText.quoted(name), nameRule))
      }
      causes += valueObjections(variable, field: "\(place).valueFrom")
    }
    let list = "\(field).envFrom"
    for (index, source) in (container["envFrom"]?.array ?? []).enumerated() {
      let prefix = source["prefix"]?.string ?? ""
      if !prefix.isEmpty, !isName(prefix) {
        causes.append(
          .invalidValue("\(list)[\(index)].prefix", GoText.quoted(prefix), nameRule))
      }
      let named = ["configMapRef", "secretRef"].filter { !(source[$0]?.isNull ?? true) }
      for member in named where (source.at(member, "name")?.string ?? "").isEmpty {
        causes.append(.required("\(list)[\(index)].\(member).name"))
      }
      causes += choiceObjections(named, of: "`configMapRef` or `secretRef`", field: list)
    }
    return causes
  }

  /// apimachinery's `IsRelaxedEnvVarName`, for a name that is not empty.
  static func isName(_ text: String) -> Bool {
    text.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "=") }
  }

  private static func valueObjections(_ variable: JSON, field: String) -> StatusError.Causes {
    guard let from = variable["valueFrom"], !from.isNull else { return [] }
    var causes: StatusError.Causes = []
    let sources = [
      "fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef",
    ].filter { !(from[$0]?.isNull ?? true) }
    for member in sources.filter({ $0.bytes.hasSuffix("KeyRef") && $0.bytes != "fileKeyRef" }) {
      let reference = from[member]
      if (reference?["name"]?.string ?? "").isEmpty {
        causes.append(.required("\(field).\(member).name"))
      }
      let key = reference?["key"]?.string ?? ""
      if key.isEmpty {
        causes.append(.required("\(field).\(member).key"))
      } else if !ObjectNames.isDataKey(key) {
        causes.append(.invalidValue("\(field).\(member).key", GoText.quoted(key), keyRule))
      }
    }
    if sources.contains("fieldRef" as ByteText),
      (from.at("fieldRef", "fieldPath")?.string ?? "").isEmpty
    {
      causes.append(.required("\(field).fieldRef.fieldPath"))
    }
    if !sources.isEmpty, !(variable["value"]?.string ?? "").isEmpty {
      causes.append(
        .invalidValue(field, "\"\"", "may not be specified when `value` is not empty"))
      return causes
    }
    return causes
      + choiceObjections(
        sources, of: "`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
        field: field)
  }

  /// What is wrong where one of several members must be there, and no other.
  private static func choiceObjections(
    _ present: [String], of choices: String, field: String
  ) -> StatusError.Causes {
    if present.isEmpty {
      return [.invalidValue(field, "\"\"", "must specify one of: \(choices)")]
    }
    guard present.count > 1 else { return [] }
    return [.invalidValue(field, "\"\"", "may not have more than one field specified at a time")]
  }
}
