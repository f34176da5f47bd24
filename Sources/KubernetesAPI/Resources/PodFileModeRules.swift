import JSON

/// What upstream refuses in the modes of volumes' files (kubernetes `pkg/apis/core/validation`,
/// `fileModeErrorMsg`).
enum PodFileModeRules {
  /// What is wrong with the modes in the volumes of a spec.
  static func objections(_ spec: JSONObject) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
      for kind in kinds {
        guard let source = volume[kind] else { continue }
        let field = "spec.volumes[\(index)].\(kind)"
        check(source["defaultMode"], "\(field).defaultMode", &causes)
        checkItems(of: source, kind, field, &causes)
      }
      guard let projected = volume["projected"] else { continue }
      let field = "spec.volumes[\(index)].projected"
      check(projected["defaultMode"], "\(field).defaultMode", &causes)
      for (position, source) in (projected["sources"]?.array ?? []).enumerated() {
        for kind in kinds {
          guard let named = source[kind] else { continue }
          checkItems(of: named, kind, "\(field).sources[\(position)].\(kind)", &causes)
        }
      }
    }
    return causes
  }

  private static let kinds = ["secret", "configMap", "downwardAPI"]

  private static func checkItems(
    of source: JSON, _ kind: String, _ field: String, _ causes: inout StatusError.Causes
  ) {
    for (index, item) in (source["items"]?.array ?? []).enumerated() {
      // Upstream names the source of a downwardAPI item, not the item.
      let isNamed = kind.bytes != "downwardAPI"
      check(item["mode"], isNamed ? "\(field).items[\(index)].mode" : "\(field).mode", &causes)
    }
  }

  private static func check(
    _ mode: JSON?, _ field: @autoclosure () -> String, _ causes: inout StatusError.Causes
  ) {
    guard let mode = mode?.integer, !(0...0o777 ~= mode) else { return }
    causes.append(
      .invalidValue(
        field(), "\(mode)", "must be a number between 0 and 0777 (octal), both inclusive"))
  }
}
