import JSON

/// Variables as a JSON object.
enum JSONObjectText {
  /// The object's text.
  static func text(_ variables: [(String, String)]) -> String {
    var object = JSONObject()
    for (name, value) in variables { object[name] = .string(value) }
    return JSON.object(object).text([.indented])
  }
}
