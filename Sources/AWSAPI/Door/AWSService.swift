package import HTTP

/// A service that answers at this server's addresses.
package enum AWSService: String, Sendable, CaseIterable {
  case sts
  case iam
  case eks
  case eksAuth = "eks-auth"
  case s3

  /// Whether the service speaks the query protocol, in forms and XML.
  package var speaksQuery: Bool { self == .sts || self == .iam }
}

/// The service that a request names, before anything about it is believed.
package enum NamedService: Sendable, Hashable {
  case known(AWSService)
  /// The credential scope names another.
  case unknown(String)

  /// Reads the credential scope; where there is none, the form of the request tells.
  package init(of request: HTTPRequest) {
    guard let name = Self.scopeService(of: request) else {
      self = .known(Self.guess(request))
      return
    }
    self = AWSService(rawValue: name).map(NamedService.known) ?? .unknown(name)
  }

  /// The fourth part of `KEY/20261124/us-east-1/sts/aws4_request`.
  private static func scopeService(of request: HTTPRequest) -> String? {
    let scope: String
    if let header = request.headers["Authorization"] {
      let parts = header.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
      guard let part = parts.first(where: { Substring($0).hasPrefix("Credential=") }) else {
        return nil
      }
      scope = String(Substring(part).dropFirst("Credential=".count))
    } else if let credential = request.query["X-Amz-Credential"] {
      scope = credential
    } else {
      return nil
    }
    let parts = scope.split(separator: "/")
    return parts.count >= 5 ? String(parts[parts.count - 2]) : nil
  }

  private static func guess(_ request: HTTPRequest) -> AWSService {
    let path = request.rawPath
    if path.hasSuffix("/assume-role-for-pod-identity") { return .eksAuth }
    if path.hasPrefix("/clusters") || path.hasPrefix("/tags") { return .eks }
    let form = QueryParameters(String(decoding: request.body.prefix(4096), as: UTF8.self))
    let version = form["Version"] ?? request.query["Version"]
    return version == "2010-05-08" ? .iam : .sts
  }
}
