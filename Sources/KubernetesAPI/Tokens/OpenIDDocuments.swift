import AdminAPI
import HTTP
import JSON

/// The documents by which others verify the cluster's tokens (OpenID Connect Discovery 1.0).
///
/// They need no token, as on EKS, where the issuer is public.
struct OpenIDDocuments: Sendable {
  /// The paths below an issuer, and below the server itself.
  private enum Document: String, CaseIterable {
    case configuration = "/.well-known/openid-configuration"
    case keys = "/openid/v1/jwks"
    /// Where EKS serves them.
    case eksKeys = "/keys"
  }

  private let keyring: TokenKeyring
  private let configuration: HTTPResponse
  /// The path of the issuer's own URL, under which the documents are served as well.
  private let issuerPath: String

  /// The documents of an issuer whose keys are served at `server`, such as
  /// `https://127.0.0.1:4576`.
  init(keyring: TokenKeyring, identity: TokenIdentity, server: String) {
    self.keyring = keyring
    let origin = identity.issuer.utf8.dropFirst("https://".utf8.count)
    let path = Substring(origin.drop { $0 != UInt8(ascii: "/") })
    issuerPath = path.bytes.hasSuffix("/") ? String(path.dropLast()) : String(path)
    let document: JSON = [
      "issuer": .string(identity.issuer), "jwks_uri": .string("\(server)/openid/v1/jwks"),
      "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
      "id_token_signing_alg_values_supported": ["RS256"],
    ]
    configuration = Self.response(document.bytes(), "application/json")
  }

  /// Whether a path is that of a document.
  func serves(_ path: Substring) -> Bool { document(at: path) != nil }

  /// A document that is at hand; nil for other paths, and for the keys while they are made.
  func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
    guard request.method.bytes == "GET", let document = document(at: request.rawPath) else {
      return nil
    }
    if document == .configuration { return configuration }
    guard document == .eksKeys || Self.takesKeys(request) else { return nil }
    return keyring.current.map { Self.response($0.jwks, "application/jwk-set+json") }
  }

  /// A document, as soon as it is there.
  func respond(to request: HTTPRequest) async throws(StatusError) -> HTTPResponse {
    guard let document = document(at: request.rawPath) else { throw .unknownResource }
    guard request.method.bytes == "GET" || request.method.bytes == "HEAD" else {
      throw .methodNotAllowed
    }
    if document == .configuration { return configuration }
    guard document == .eksKeys || Self.takesKeys(request) else { throw .notAcceptableKeys }
    do { return Self.response(try await keyring.key().jwks, "application/jwk-set+json") } catch {
      throw .internalError(error.description)
    }
  }

  /// kube-apiserver offers its keys in one form: a client that names others alone gets 406.
  private static func takesKeys(_ request: HTTPRequest) -> Bool {
    let fields = request.headers.all("Accept")
    return fields.isEmpty
      || fields.contains { field in
        field.bytes.split(separator: ",").contains { item in
          let type = item.bytes.cut(at: ";").0.bytes.without(" ")
          return ["*/*", "application/*", "application/jwk-set+json"].contains(type)
        }
      }
  }

  private func document(at path: Substring) -> Document? {
    if let document = Document(named: String(path)) { return document }
    guard !issuerPath.isEmpty, let rest = path.bytes.without(prefix: issuerPath.bytes) else {
      return nil
    }
    return Document(named: String(rest))
  }

  private static func response(_ body: [UInt8], _ contentType: String) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: ["Content-Type": contentType, "Cache-Control": "public, max-age=3600"],
      body: .bytes(body))
  }
}
