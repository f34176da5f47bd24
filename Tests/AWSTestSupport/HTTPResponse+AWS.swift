package import AWSWire
package import HTTP
package import JSON

extension HTTPResponse {
  /// The body as JSON.
  package var json: JSON? { try? JSON.parse(bodyBytes) }
  /// The body as text.
  package var text: String { String(decoding: bodyBytes, as: UTF8.self) }
  /// The credentials in an answer of EKS Auth.
  package var credentials: AWSCredentials? {
    guard let credentials = json?["credentials"], let id = credentials["accessKeyId"]?.string,
      let secret = credentials["secretAccessKey"]?.string
    else { return nil }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret,
      sessionToken: credentials["sessionToken"]?.string)
  }
  /// Status, code and message of an error in either protocol.
  package var failure: Failure {
    if let code = headers["x-amzn-ErrorType"] {
      return Failure(status, code, json?["message"]?.string ?? "")
    }
    return Failure(status, element("Code"), element("Message"))
  }

  /// The text of the first XML element of a name.
  package func element(_ name: String) -> String {
    let parts = text.split(separator: "<\(name)>", maxSplits: 1)
    guard parts.count == 2,
      let value = parts[1].split(separator: "</\(name)>", omittingEmptySubsequences: false).first
    else {
      return ""
    }
    let entities = [("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    return entities.reduce(String(value)) { text, entity in
      text.split(separator: entity.0, omittingEmptySubsequences: false).joined(separator: entity.1)
    }
  }
}

/// What went wrong, as a client sees it.
package struct Failure: Equatable, CustomStringConvertible {
  package let status: Int
  package let code: String
  package let message: String

  /// A failure of these parts.
  package init(_ status: Int, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  package var description: String { "\(status) \(code): \(message)" }
}
