/// One record of comma-separated values (RFC 4180 section 2).
enum CSVRecord {
  /// The first record's fields, blanks kept; nil where a quote is out of place.
  static func fields(of text: String) -> [String]? {
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var wasQuoted = false
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"" where isQuoted:
        if rest.first == "\"" {
          field.append(scalar)
          rest = rest.dropFirst()
        } else {
          isQuoted = false
          wasQuoted = true
        }
      case _ where isQuoted: field.append(scalar)
      case ",":
        fields.append(String(field))
        field = String.UnicodeScalarView()
        wasQuoted = false
      case "\r" where rest.first == "\n": continue
      case "\n":
        if field.isEmpty, fields.isEmpty, !wasQuoted { continue }
        return fields + [String(field)]
      case "\"" where field.isEmpty && !wasQuoted: isQuoted = true
      case "\"": return nil
      case _ where wasQuoted: return nil
      default: field.append(scalar)
      }
    }
    guard !isQuoted else { return nil }
    return fields.isEmpty && field.isEmpty && !wasQuoted ? [] : fields + [String(field)]
  }
}
