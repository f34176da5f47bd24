import HTTP
import JSON

/// The service that a request names, before anything about it is believed.
enum NamedService: Sendable {
  case known(ServedService)
  /// The credential scope names another.
  case unknown(String)

  /// Reads the credential scope; where there is none, the form of the request tells.
  ///
  /// Of several services that a request without a scope looks meant for, it is the last of the list,
  /// so the first may take all.
  init(of request: HTTPRequest, among services: [ServedService]) {
    let name = Self.scopeService(of: request)
    let found =
      if let name = name?.bytes {
        services.first { $0.service.signingName.bytes == name }
      } else {
        services.last { $0.service.isMeant(request) }
      }
    self = found.map(NamedService.known) ?? .unknown(name ?? "")
  }

  /// The fourth part of `KEY/20261124/us-east-1/sts/aws4_request`.
  private static func scopeService(of request: HTTPRequest) -> String? {
    let scope: String
    if let header = request.headers["Authorization"] {
      let parts = header.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
      let mark = "Credential=".utf8
      guard let part = parts.first(where: { $0.starts(with: mark) }) else { return nil }
      scope = String(Substring(part.dropFirst(mark.count)))
    } else if let credential = request.query["X-Amz-Credential"] {
      scope = credential
    } else {
      return nil
    }
    let parts = scope.bytes.split(separator: "/")
    return parts.count >= 5 ? String(parts[parts.count - 2]) : nil
  }
}
