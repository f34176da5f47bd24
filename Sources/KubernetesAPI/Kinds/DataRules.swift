import JSON
import Platform

/// What is refused in the data of ConfigMaps and Secrets.
struct DataRules: Sendable {
  /// The members whose values are base64.
  let base64: Set<ByteText>
  /// The field that is named where there is too much data.
  let sizeField: String

  /// What is wrong; `old` is nil for a new object.
  func objections(_ object: JSONObject, old: JSON?) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    var size = 0
    for member in ["data", "binaryData"] {
      let isBase64 = base64.contains(member.bytes)
      for (key, value) in object[member]?.object ?? [:] {
        if !ObjectNames.isDataKey(key) {
          causes.append(
            .invalidValue(
              "\(member)[\(key)]", "\"\(key)\"",
              "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
                + "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
                + "'[-._a-zA-Z0-9]+')"))
        }
        let text = value.string ?? ""
        size += text.utf8.count
        if isBase64, Base64.decode(text) == nil {
          causes.append(.invalidValue("\(member)[\(key)]", "\"...\"", "illegal base64 data"))
        }
      }
    }
    if size > 1 << 20 { causes.append(.tooLong(sizeField, "may not be more than 1048576 bytes")) }
    guard let old, old["immutable"] == true else { return causes }
    if object["immutable"] != true {
      causes.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
    }
    if object["data"] != old["data"] || object["binaryData"] != old["binaryData"] {
      causes.append(.forbidden("data", "field is immutable when `immutable` is set"))
    }
    if let type = old["type"], object["type"] != type {
      causes.append(.invalidValue("type", object["type"]?.text() ?? "", "field is immutable"))
    }
    return causes
  }
}
