import JSON

/// What upstream refuses in pods, as far as it matters to what this server does with them.
struct PodRules: KindRules {
  /// What is wrong with a pod; `old` is nil for a new one.
  func objections(
    _ pod: JSONObject, old: JSON?, limits: ObjectLimits = ObjectLimits()
  ) -> StatusError.Causes {
    guard let spec = pod["spec"]?.object else {
      return [.required("spec")]
    }
    if let old { return updateObjections(pod, old: old) }
    var causes: StatusError.Causes = []
    var volumeNames: Set<ByteText> = []
    for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
      let volume = volume["name"]?.string ?? ""
      let field = "spec.volumes[\(index)].name"
      if volume.isEmpty {
        causes.append(.required(field))
      } else if !ObjectNames.isLabel(volume) {
        causes.append(.invalidValue(field, "\"\(volume)\"", "must be a lowercase RFC 1123 label"))
      } else if !volumeNames.insert(volume.bytes).inserted {
        causes.append(
          StatusError.Cause(
            reason: "FieldValueDuplicate", message: "Duplicate value: \"\(volume)\"",
            field: field))
      }
    }
    guard !causes.isFull else { return causes }
    causes += pathObjections(spec)
    causes += PodVolumeRules.tokenObjections(spec, minimumSeconds: limits.minimumTokenSeconds)
    causes += PodFileModeRules.objections(spec)
    if (spec["containers"]?.array ?? []).isEmpty { causes.append(.required("spec.containers")) }
    var names: Set<ByteText> = []
    for list in ["initContainers", "containers"] {
      for (index, container) in (spec[list]?.array ?? []).enumerated() {
        let field = "spec.\(list)[\(index)]"
        let name = container["name"]?.string ?? ""
        if name.isEmpty {
          causes.append(.required("\(field).name"))
        } else if !ObjectNames.isLabel(name) || name.utf8.count > 63 {
          causes.append(
            .invalidValue("\(field).name", "\"\(name)\"", "must be a lowercase RFC 1123 label"))
        } else if !names.insert(name.bytes).inserted {
          causes.append(
            StatusError.Cause(
              reason: "FieldValueDuplicate", message: "Duplicate value: \"\(name)\"",
              field: "\(field).name"))
        }
        if (container["image"]?.string ?? "").isEmpty {
          causes.append(.required("\(field).image"))
        }
        causes += PodEnvironmentRules.objections(container, field: field)
        causes += PodVolumeRules.mountObjections(
          container, field: field, volumes: volumeNames)
      }
    }
    let policies = ["Always", "OnFailure", "Never"]
    if let policy = spec["restartPolicy"]?.string, !policies.contains(policy.bytes) {
      causes.append(.unsupported("spec.restartPolicy", policy, policies))
    }
    return causes
  }

  /// Paths of volumes' files that would lead out of the volume.
  private func pathObjections(_ spec: JSONObject) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    func check(_ path: JSON?, _ place: @autoclosure () -> String) {
      guard let path = path?.string, path.bytes.hasPrefix("/") || path.bytes.contains("..") else {
        return
      }
      let field = place()
      if path.bytes.hasPrefix("/") {
        causes.append(.invalidValue(field, "\"\(path)\"", "must be a relative path"))
      } else if path.bytes.split(separator: "/").contains(".." as ByteText) {
        causes.append(.invalidValue(field, "\"\(path)\"", "must not contain '..'"))
      } else if path.bytes.hasPrefix("..") {
        causes.append(.invalidValue(field, "\"\(path)\"", "must not start with '..'"))
      }
    }
    func checkSource(_ source: JSON, _ place: @autoclosure () -> String) {
      let token = source["serviceAccountToken"]?["path"]
      check(token, "\(place()).serviceAccountToken.path")
      for kind in ["configMap", "secret", "downwardAPI"] {
        guard let items = source[kind]?["items"]?.array else { continue }
        for (number, item) in items.enumerated() {
          check(item["path"], "\(place()).\(kind).items[\(number)].path")
        }
      }
    }
    for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
      checkSource(volume, "spec.volumes[\(index)]")
      for (position, source) in (volume["projected"]?["sources"]?.array ?? []).enumerated() {
        checkSource(source, "spec.volumes[\(index)].projected.sources[\(position)]")
      }
    }
    return causes
  }

  private func updateObjections(_ pod: JSONObject, old: JSON) -> StatusError.Causes {
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
  private func mutable(_ spec: JSON?) -> JSON {
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
