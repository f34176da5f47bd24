package import HTTP
import JSON

/// The code of an error, as AWS's services send it.
package enum AWSErrorCode {
  /// The code in an answer: in the header and in the body of the JSON protocols, in the XML of the
  /// others; nil where it names none.
  package static func read(_ headers: HTTPHeaders, _ body: [UInt8]) -> String? {
    if let named = headers["x-amzn-ErrorType"], !named.isEmpty { return bare(named) }
    if let json = try? JSON.parse(body) {
      return (json["__type"] ?? json["code"])?.string.map(bare)
    }
    return XMLReader(String(decoding: body, as: UTF8.self)).first("Code")
  }

  /// A code without what stands behind a colon, and what stands before a number sign (Smithy, AWS
  /// restJson1 protocol, "Operation error serialization").
  package static func bare(_ text: String) -> String {
    let (front, _) = text.bytes.cut(at: ":")
    let (whole, behind) = String(front).bytes.cut(at: "#")
    return String(behind ?? whole)
  }
}
