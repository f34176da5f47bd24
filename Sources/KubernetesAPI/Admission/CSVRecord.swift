/// One record of comma-separated values (RFC 4180 section 2).
enum CSVRecord {
  /// The first record's fields, blanks kept; nil where a quote is out of place.
  static func fields(of text: String) -> [String]? {
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var wasQuoted = false
    var rest = text[...]
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted:
        if rest.first == "\"" {
          field.append(character)
          rest = rest.dropFirst()
        } else {
          isQuoted = false
          wasQuoted = true
        }
      case _ where isQuoted: field.append(character)
      case ",":
        fields.append(field)
        field = ""
        wasQuoted = false
      case "\n", "\r\n":
        if field.isEmpty, fields.isEmpty, !wasQuoted { continue }
        return fields + [field]
      case "\"" where field.isEmpty && !wasQuoted: isQuoted = true
      case "\"": return nil
      case _ where wasQuoted: return nil
      default: field.append(character)
      }
    }
    guard !isQuoted else { return nil }
    return fields.isEmpty && field.isEmpty && !wasQuoted ? [] : fields + [field]
  }
}
