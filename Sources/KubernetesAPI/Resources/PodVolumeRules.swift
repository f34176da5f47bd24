import JSON

/// What upstream refuses in mounts and projected tokens (kubernetes `pkg/apis/core/validation`,
/// `ValidateVolumeMounts` and `validateProjectionSources`).
enum PodVolumeRules {
  /// What is wrong with the mounts of a container at `field`.
  static func mountObjections(
    _ container: JSON, field: String, volumes: Set<ByteText>
  ) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    var paths: Set<ByteText> = []
    for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
      let place = "\(field).volumeMounts[\(index)]"
      let volume = mount["name"]?.string ?? ""
      if volume.isEmpty {
        causes.append(.required("\(place).name"))
      } else if !volumes.contains(volume.bytes) {
        causes.append(
          StatusError.Cause(
            reason: "FieldValueNotFound", message: "Not found: \(GoText.quoted(volume))",
            field: "\(place).name"))
      }
      let path = mount["mountPath"]?.string ?? ""
      if path.isEmpty {
        causes.append(.required("\(place).mountPath"))
      } else if !paths.insert(path.bytes).inserted {
        causes.append(
          .invalidValue("\(place).mountPath", GoText.quoted(path), "must be unique"))
      }
    }
    return causes
  }

  /// What is wrong with the tokens that the volumes of a spec project; `minimumSeconds` is upstream's
  /// ten minutes, unless `--min-token-seconds` lets tokens end sooner.
  static func tokenObjections(_ spec: JSONObject, minimumSeconds: Int64) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
      let sources = volume.at("projected", "sources")?.array ?? []
      for (position, source) in sources.enumerated() {
        guard let token = source["serviceAccountToken"], !token.isNull else { continue }
        let place = "spec.volumes[\(index)].projected.sources[\(position)].serviceAccountToken"
        let seconds = token["expirationSeconds"]?.integer ?? 3600
        if seconds < minimumSeconds {
          causes.append(
            .invalidValue(
              "\(place).expirationSeconds", "\(seconds)",
              "may not be less than \(shortest(minimumSeconds))"))
        } else if seconds > 1 << 32 {
          causes.append(
            .invalidValue(
              "\(place).expirationSeconds", "\(seconds)", "may not be larger than 2^32 seconds"))
        }
        if (token["path"]?.string ?? "").isEmpty { causes.append(.required("\(place).path")) }
      }
    }
    return causes
  }

  private static func shortest(_ seconds: Int64) -> String {
    seconds % 60 == 0 ? "\(seconds / 60) minutes" : "\(seconds) seconds"
  }
}
