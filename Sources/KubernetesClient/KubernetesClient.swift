import Cryptography
package import HTTP
package import JSON
import Platform

/// Requests of a Kubernetes API server, by path.
package final class KubernetesClient: Sendable {
  private let http: HTTPClient
  private let base: HTTPURL
  private let credential: KubeConfig.Credential
  private let mark: (@Sendable (inout HTTPClientRequest) -> Void)?

  /// A client of the server in a kubeconfig; `mark` says on a request whose doing it is.
  package init(
    _ config: KubeConfig, loops: EventLoops,
    mark: (@Sendable (inout HTTPClientRequest) -> Void)? = nil
  ) throws(KubeConfig.Failure) {
    self.mark = mark
    guard let base = HTTPURL(config.server) else {
      throw KubeConfig.Failure(description: "\(config.server) is not a server's URL")
    }
    self.base = base
    // Without TLS nobody is told who asks (client-go `tools/clientcmd`, ClientConfig).
    credential = base.isSecure ? config.credential : .none
    do {
      let tls = try TLSClientContext(
        authoritiesPEM: config.authorities, certificatePEM: config.certificatePEM,
        keyPEM: config.keyPEM, isVerifying: config.isVerifying)
      http = HTTPClient(loops: loops, tls: tls)
    } catch {
      throw KubeConfig.Failure(description: "\(error)")
    }
  }

  /// The server's URL.
  package var server: String { base.origin }

  /// An object or a list.
  package func get(_ path: String) async throws(KubernetesError) -> JSON {
    try await send("GET", path)
  }

  /// Makes an object.
  package func create(_ path: String, _ object: JSON) async throws(KubernetesError) -> JSON {
    try await send("POST", path, body: object)
  }

  /// Puts an object in place of the one that is there.
  package func replace(_ path: String, _ object: JSON) async throws(KubernetesError) -> JSON {
    try await send("PUT", path, body: object)
  }

  /// Merges a patch (RFC 7396) into an object.
  package func merge(_ path: String, _ patch: JSON) async throws(KubernetesError) -> JSON {
    try await send("PATCH", path, body: patch, contentType: "application/merge-patch+json")
  }

  /// Removes an object.
  package func delete(_ path: String, options: JSON? = nil) async throws(KubernetesError) -> JSON {
    try await send("DELETE", path, body: options)
  }

  /// Sends a request and returns the answer's object, in whatever type of JSON it `accepts`.
  package func send(
    _ method: String, _ path: String, body: JSON? = nil,
    contentType: String = "application/json", accepts: String = "application/json",
    timeout: Duration = .seconds(10)
  ) async throws(KubernetesError) -> JSON {
    var request = try request(method, path, body: body, contentType: contentType)
    request.headers["Accept"] = accepts
    let response: HTTPClientResponse
    do { response = try await http.send(request, timeout: timeout) } catch {
      throw .unavailable("\(base.origin): \(error)")
    }
    guard (200..<300).contains(response.status) else {
      throw KubernetesError(status: response.status, body: response.json)
    }
    guard let json = response.json else {
      throw .unavailable("\(base.origin) answers what is no JSON")
    }
    return json
  }

  /// Opens a stream of lines.
  func stream(_ path: String) async throws(KubernetesError) -> HTTPClientStream {
    let request = try request("GET", path)
    let stream: HTTPClientStream
    do { stream = try await http.stream(request, headTimeout: .seconds(10)) } catch {
      throw .unavailable("\(base.origin): \(error)")
    }
    guard stream.status == 200 else {
      throw KubernetesError(
        status: stream.status,
        body: [
          "kind": "Status", "reason": stream.status == 410 ? "Expired" : "",
          "message": .string("the watch is answered with \(stream.status)"),
        ])
    }
    return stream
  }

  /// The token in a file's text, with blanks and line ends around it alone: whatever else a kubeconfig
  /// names, a private key for one, is not sent to its server.
  static func token(in text: String) -> String? {
    let words = text.utf8.split { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard words.count == 1, let word = words.first, word.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      return nil
    }
    return String(Substring(word))
  }

  private func request(
    _ method: String, _ path: String, body: JSON? = nil, contentType: String = "application/json"
  ) throws(KubernetesError) -> HTTPClientRequest {
    var request = HTTPClientRequest(method: method, url: base.with(target: path))
    request.headers["Accept"] = "application/json"
    mark?(&request)
    switch credential {
    case .none: break
    case .token(let token): request.headers["Authorization"] = "Bearer \(token)"
    case .tokenFile(let file):
      do throws(FileError) {
        let text = try SafeFile.readText(file, limit: 1 << 20)
        guard let token = Self.token(in: text) else {
          throw FileError(path: file, reason: "holds no token, which is one word")
        }
        request.headers["Authorization"] = "Bearer \(token)"
      } catch { throw .unavailable("\(error)") }
    }
    if let body {
      request.headers["Content-Type"] = contentType
      request.body = body.bytes()
    }
    return request
  }
}
