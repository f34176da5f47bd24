import JSON

/// What upstream refuses in pods, as far as it matters to what this server does with them.
enum PodRules {
  /// What is wrong with a pod; `old` is nil for a new one.
  static func objections(_ pod: JSONObject, old: JSON?) -> [StatusError.Cause] {
    guard let spec = pod["spec"]?.object else {
      return [.required("spec")]
    }
    if let old { return updateObjections(pod, old: old) }
    var causes: [StatusError.Cause] = []
    let volumes = (spec["volumes"]?.array ?? []).compactMap { $0["name"]?.string }
    for (index, volume) in volumes.enumerated() {
      let field = "spec.volumes[\(index)].name"
      if !ObjectNames.isLabel(volume) {
        causes.append(.invalidValue(field, "\"\(volume)\"", "must be a lowercase RFC 1123 label"))
      } else if volumes.firstIndex(of: volume) != index {
        causes.append(
          StatusError.Cause(
            reason: "FieldValueDuplicate", message: "Duplicate value: \"\(volume)\"",
            field: field))
      }
    }
    causes += pathObjections(spec)
    if (spec["containers"]?.array ?? []).isEmpty { causes.append(.required("spec.containers")) }
    var names: Set<String> = []
    for list in ["initContainers", "containers"] {
      for (index, container) in (spec[list]?.array ?? []).enumerated() {
        let field = "spec.\(list)[\(index)]"
        let name = container["name"]?.string ?? ""
        if name.isEmpty {
          causes.append(.required("\(field).name"))
        } else if !ObjectNames.isLabel(name) || name.utf8.count > 63 {
          causes.append(
            .invalidValue("\(field).name", "\"\(name)\"", "must be a lowercase RFC 1123 label"))
        } else if !names.insert(name).inserted {
          causes.append(
            StatusError.Cause(
              reason: "FieldValueDuplicate", message: "Duplicate value: \"\(name)\"",
              field: "\(field).name"))
        }
        if (container["image"]?.string ?? "").isEmpty {
          causes.append(.required("\(field).image"))
        }
        for (position, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
          let volume = mount["name"]?.string ?? ""
          if !volumes.contains(volume) {
            causes.append(
              StatusError.Cause(
                reason: "FieldValueNotFound", message: "Not found: \"\(volume)\"",
                field: "\(field).volumeMounts[\(position)].name"))
          }
        }
      }
    }
    let policies = ["Always", "OnFailure", "Never"]
    if let policy = spec["restartPolicy"]?.string, !policies.contains(policy) {
      causes.append(.unsupported("spec.restartPolicy", policy, policies))
    }
    return causes
  }

  /// Paths of volumes' files that would lead out of the volume.
  private static func pathObjections(_ spec: JSONObject) -> [StatusError.Cause] {
    var causes: [StatusError.Cause] = []
    func check(_ path: JSON?, _ field: String) {
      guard let path = path?.string else { return }
      if path.hasPrefix("/") {
        causes.append(.invalidValue(field, "\"\(path)\"", "must be a relative path"))
      } else if path.split(separator: "/").contains("..") {
        causes.append(.invalidValue(field, "\"\(path)\"", "must not contain '..'"))
      } else if path.hasPrefix("..") {
        causes.append(.invalidValue(field, "\"\(path)\"", "must not start with '..'"))
      }
    }
    for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
      let projected = volume.at("projected", "sources")?.array ?? []
      for (position, source) in ([volume] + projected).enumerated() {
        let field =
          "spec.volumes[\(index)]" + (position == 0 ? "" : ".projected.sources[\(position - 1)]")
        check(source.at("serviceAccountToken", "path"), "\(field).serviceAccountToken.path")
        for kind in ["configMap", "secret", "downwardAPI"] {
          for (number, item) in (source.at(kind, "items")?.array ?? []).enumerated() {
            check(item["path"], "\(field).\(kind).items[\(number)].path")
          }
        }
      }
    }
    return causes
  }

  private static func updateObjections(_ pod: JSONObject, old: JSON) -> [StatusError.Cause] {
    guard mutable(pod["spec"]) != mutable(old["spec"]) else { return [] }
    return [
      .forbidden(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,"
          + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
          + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to "
          + "be set to 1 if it was previously negative)")
    ]
  }

  /// The spec without what an update may change.
  private static func mutable(_ spec: JSON?) -> JSON {
    var spec = spec?.object ?? [:]
    for name in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"] {
      spec[name] = nil
    }
    for list in ["containers", "initContainers"] {
      spec.editItems(of: list) { $0["image"] = nil }
    }
    return .object(spec.sorted())
  }
}
