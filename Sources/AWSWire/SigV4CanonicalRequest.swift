package import HTTP
import JSON

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
  /// The fields that it covers.
  package let fields: SigV4SignedFields

  /// The canonical form of a request with this target, as it is or was on the wire.
  ///
  /// `signedHeaders` are in lower case and in order, each once. The query parameter `X-Amz-Signature` is left out.
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
    fields = SigV4SignedFields(names: signedHeaders, headers: headers)
    for (name, value) in zip(signedHeaders, fields.values) {
      text += name
      text += ":"
      text += value
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
    let parts = path.bytes.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for part in parts {
      switch part.bytes {
      case "", ".": continue
      case "..": _ = segments.popLast()
      default: segments.append(part)
      }
    }
    let endsOpen = ["", ".", ".."].contains((parts.last ?? "").bytes)
    guard !segments.isEmpty else { return "/" }
    return "/" + segments.joined(separator: "/") + (endsOpen ? "/" : "")
  }

  private static func query(_ query: Substring) -> String {
    guard !query.isEmpty else { return "" }
    var pairs: [(name: String, value: String)] = []
    for part in query.bytes.split(separator: "&") {
      let (name, value) = part.bytes.cut(at: "=")
      if name.bytes == "X-Amz-Signature" { continue }
      pairs.append((recoded(name), recoded(value ?? "")))
    }
    pairs.sort { left, right in
      let (first, second) = (left.name.bytes, right.name.bytes)
      return first == second ? left.value.bytes < right.value.bytes : first < second
    }
    return pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  private static func recoded(_ text: Substring) -> String {
    PercentEncoding.encode(PercentEncoding.decode(text, plusIsBlank: true) ?? String(text))
  }
}
