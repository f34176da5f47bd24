package import HTTP

/// How a service writes the path into the canonical request.
package enum SigV4PathStyle: Sendable {
  /// Dot segments and doubled slashes removed, every byte encoded once more.
  case standard
  /// As ``standard``, but nothing removed.
  case unnormalized
  /// S3: the decoded path encoded once, nothing removed.
  case s3
}

/// The canonical form of a request, whose digest is signed.
package struct SigV4CanonicalRequest: Sendable {
  /// The canonical request.
  package let text: String

  /// The canonical form of a request with this target, as it is or was on the wire.
  ///
  /// `signedHeaders` are lower-case and sorted. The query parameter `X-Amz-Signature` is left out.
  package init(
    method: String, target: String, headers: HTTPHeaders, signedHeaders: [String],
    payloadHash: String, style: SigV4PathStyle
  ) {
    let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
    let path = target[..<(mark ?? target.endIndex)]
    let query = mark.map { target[target.utf8.index(after: $0)...] } ?? ""
    var text = method
    text.reserveCapacity(512)
    text += "\n"
    text += Self.path(path, style: style)
    text += "\n"
    text += Self.query(query)
    text += "\n"
    for name in signedHeaders {
      text += name
      text += ":"
      text += Self.value(of: name, in: headers)
      text += "\n"
    }
    text += "\n"
    text += signedHeaders.joined(separator: ";")
    text += "\n"
    text += payloadHash
    self.text = text
  }

  private static func path(_ path: Substring, style: SigV4PathStyle) -> String {
    let path = path.isEmpty ? "/" : path
    switch style {
    case .s3:
      let decoded = PercentEncoding.decode(path) ?? String(path)
      return PercentEncoding.encode(decoded, keeping: "/")
    case .unnormalized: return PercentEncoding.encode(path, keeping: "/")
    case .standard:
      guard path.utf8.count > 1 else { return "/" }
      return PercentEncoding.encode(normalized(path), keeping: "/")
    }
  }

  /// RFC 3986 section 5.2.4, and doubled slashes as one.
  private static func normalized(_ path: Substring) -> String {
    var segments: [Substring] = []
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for part in parts {
      switch part {
      case "", ".": continue
      case "..": _ = segments.popLast()
      default: segments.append(part)
      }
    }
    let endsOpen = ["", ".", ".."].contains(parts.last ?? "")
    guard !segments.isEmpty else { return "/" }
    return "/" + segments.joined(separator: "/") + (endsOpen ? "/" : "")
  }

  private static func query(_ query: Substring) -> String {
    guard !query.isEmpty else { return "" }
    var pairs: [(name: String, value: String)] = []
    for part in query.split(separator: "&") {
      let cut = part.utf8.firstIndex(of: UInt8(ascii: "="))
      let name = part[..<(cut ?? part.endIndex)]
      let value = cut.map { part[part.utf8.index(after: $0)...] } ?? ""
      if name == "X-Amz-Signature" { continue }
      pairs.append((recoded(name), recoded(value)))
    }
    pairs.sort { left, right in
      left.name == right.name
        ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
        : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
    return pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  private static func recoded(_ text: Substring) -> String {
    PercentEncoding.encode(PercentEncoding.decode(text, plusIsBlank: true) ?? String(text))
  }

  /// Values joined by commas, blanks at the ends removed and runs of them made one.
  private static func value(of name: String, in headers: HTTPHeaders) -> String {
    var joined = ""
    for field in headers.fields where HTTPHeaders.equal(field.name, name) {
      if !joined.isEmpty { joined += "," }
      joined += collapsed(field.value)
    }
    return joined
  }

  private static func collapsed(_ value: String) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    var hasRun = value.utf8.first.map(isBlank) ?? false || value.utf8.last.map(isBlank) ?? false
    var wasBlank = false
    for byte in value.utf8 {
      if isBlank(byte), wasBlank || byte == 0x09 { hasRun = true }
      wasBlank = isBlank(byte)
    }
    guard hasRun else { return value }
    return value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
  }
}
