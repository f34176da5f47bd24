import AWSWire
import HTTP
import JSON
import Platform
import TestSupport
import Testing

/// AWS's own test vectors, every case by header and by query.
@Suite struct SigV4VectorTests {
  static let cases: [String] = {
    let document = try? JSON.parse(
      SafeFile.read(Repository.root + "/Tests/Golden/sigv4-vectors.json"))
    return document?["cases"]?.object?.names ?? []
  }()

  struct Vector {
    let name: String
    let json: JSON
    var context: JSON { json["context"] ?? .null }
    func text(_ member: String) -> String { json[member]?.string ?? "" }
    var style: SigV4PathStyle { context["normalize"] == true ? .standard : .unnormalized }
    var secret: String { context.at("credentials", "secret_access_key")?.string ?? "" }
    var token: String? { context.at("credentials", "token")?.string }
    var omitsToken: Bool { context["omit_session_token"] == true }
    var time: String {
      Instant(rfc3339: context["timestamp"]?.string ?? "")?.basic ?? ""
    }
    var scope: SigV4Scope {
      SigV4Scope(date: String(time.prefix(8)), region: "us-east-1", service: "service")
    }
  }

  struct Message {
    var method = ""
    var target = ""
    var headers = HTTPHeaders()
    var body: [UInt8] = []
  }

  private func vector(_ name: String) throws -> Vector {
    let bytes = try SafeFile.read(Repository.root + "/Tests/Golden/sigv4-vectors.json")
    return Vector(name: name, json: try #require(try JSON.parse(bytes).at("cases", name)))
  }

  /// The vectors' requests have blanks and raw UTF-8 in the target and folded header lines.
  private func read(_ text: String) -> Message {
    var message = Message()
    let end = text.firstRange("\n\n")
    let head = end.map { String(text[..<$0]) } ?? text
    if let end { message.body = Array(text[end...].dropFirst(2).utf8) }
    var lines = head.split(separator: "\n").map(String.init)
    let first = lines.removeFirst()
    message.method = String(first.prefix { $0 != " " })
    message.target = String(first.dropFirst(message.method.count + 1).dropLast(9))
    for line in lines {
      guard line.first != " ", let colon = line.firstIndex(of: ":") else {
        let last = message.headers.fields[message.headers.fields.count - 1]
        var rebuilt = HTTPHeaders()
        for field in message.headers.fields.dropLast() { rebuilt.append(field.name, field.value) }
        rebuilt.append(last.name, last.value + " " + line)
        message.headers = rebuilt
        continue
      }
      message.headers.append(
        String(line[..<colon]), String(line[line.index(after: colon)...]))
    }
    return message
  }

  @Test("canonical request, string to sign and signature by header", arguments: cases)
  func header(name: String) throws {
    let vector = try vector(name)
    let message = read(vector.text("header-signed-request"))
    var headers = message.headers
    let authorization = headers["Authorization"]
    headers["Authorization"] = nil
    if vector.omitsToken { headers["X-Amz-Security-Token"] = nil }
    let signed = Set(headers.fields.map { $0.name.lowercased() }).sorted()
      .filter { $0 != "content-length" || vector.text("header-canonical-request").contains($0) }
    let hash = vector.text("header-canonical-request").split(separator: "\n").last ?? ""
    let canonical = SigV4CanonicalRequest(
      method: message.method, target: message.target, headers: headers, signedHeaders: signed,
      payloadHash: String(hash), style: vector.style)
    #expect(canonical.text == vector.text("header-canonical-request"))
    let stringToSign = SigV4.stringToSign(
      canonicalRequest: canonical.text, time: vector.time, scope: vector.scope)
    #expect(stringToSign == vector.text("header-string-to-sign"))
    let signature = SigV4.signature(
      of: stringToSign, key: SigV4.signingKey(secret: vector.secret, scope: vector.scope))
    #expect(signature == vector.text("header-signature"))
    #expect(authorization?.hasSuffix("Signature=\(signature)") == true)
  }

  @Test("canonical request, string to sign and signature by query", arguments: cases)
  func query(name: String) throws {
    let vector = try vector(name)
    var message = read(vector.text("query-signed-request"))
    if vector.omitsToken { message.target = message.target.without("X-Amz-Security-Token") }
    let wanted = vector.text("query-canonical-request").split(
      separator: "\n", omittingEmptySubsequences: false)
    let signed = wanted[wanted.count - 2].split(separator: ";").map(String.init)
    let canonical = SigV4CanonicalRequest(
      method: message.method, target: message.target, headers: message.headers,
      signedHeaders: signed, payloadHash: String(wanted.last ?? ""), style: vector.style)
    #expect(canonical.text == vector.text("query-canonical-request"))
    let stringToSign = SigV4.stringToSign(
      canonicalRequest: canonical.text, time: vector.time, scope: vector.scope)
    #expect(stringToSign == vector.text("query-string-to-sign"))
    let signature = SigV4.signature(
      of: stringToSign, key: SigV4.signingKey(secret: vector.secret, scope: vector.scope))
    #expect(signature == vector.text("query-signature"))
  }

  @Test("all 38 cases are there")
  func count() { #expect(Self.cases.count == 38) }
}

extension String {
  fileprivate func firstRange(_ word: String) -> String.Index? {
    indices.first { self[$0...].hasPrefix(word) }
  }

  fileprivate func without(_ parameter: String) -> String {
    let parts = split(separator: "?", maxSplits: 1)
    let kept = parts[1].split(separator: "&").filter { !$0.hasPrefix(parameter + "=") }
    return parts[0] + "?" + kept.joined(separator: "&")
  }
}
