// The room of our Kubernetes client: kubeconfig, requests, watches. It knows no AWS and serves
// nothing; node-agent and podid use it.

package import JSON
import Platform

/// Where a cluster is and as whom to speak to it, from a kubeconfig in JSON.
package struct KubeConfig: Sendable {
  /// Why a kubeconfig cannot be used, in one line.
  package struct Failure: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// How requests say who makes them.
  package enum Credential: Sendable {
    case none
    case token(String)
    /// Read anew for each request, for tokens are rotated.
    case tokenFile(String)
  }

  package let server: String
  /// The authorities to trust, in PEM; the system's where there are none.
  package let authorities: String?
  package let isVerifying: Bool
  package let credential: Credential
  package let certificatePEM: String?
  package let keyPEM: String?

  /// Reads a file.
  package init(path: String) throws(Failure) {
    let text: String
    do throws(FileError) { text = try SafeFile.readText(path, limit: 1 << 20) } catch {
      throw Failure(description: "\(error)")
    }
    let folder = path.bytes.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    guard let json = try? JSON.parse(text) else {
      throw Failure(
        description: "\(path) is not in JSON; `kubectl config view --raw -o json` writes it so")
    }
    try self.init(json: json, path: path, folder: folder)
  }

  /// Reads the current context of a kubeconfig; files in it are relative to `folder`.
  package init(json: JSON, path: String, folder: String) throws(Failure) {
    func failure(_ text: String) -> Failure { Failure(description: "\(path): \(text)") }
    func named(_ list: String, _ member: String, _ name: String) throws(Failure) -> JSON {
      let found = json[list]?.array?.first { $0["name"]?.string?.bytes == name.bytes }
      guard let value = found?[member] else {
        throw failure("there is no \(member) named \"\(name)\"")
      }
      return value
    }
    let context = try named("contexts", "context", json["current-context"]?.string ?? "")
    let cluster = try named("clusters", "cluster", context["cluster"]?.string ?? "")
    let user = try named("users", "user", context["user"]?.string ?? "")
    guard let server = cluster["server"]?.string else { throw failure("the cluster has no server") }
    for unsupported in ["exec", "auth-provider"] where user[unsupported] != nil {
      throw failure(
        "the user's \(unsupported) is not run by this client; use a token, a tokenFile or a client "
          + "certificate")
    }
    func content(_ object: JSON, _ name: String) throws(Failure) -> String? {
      if let data = object["\(name)-data"]?.string {
        guard let bytes = Base64.decode(data), let text = String(validating: bytes, as: UTF8.self)
        else { throw failure("\(name)-data is not Base64") }
        return text
      }
      guard let file = object[name]?.string else { return nil }
      let place = file.bytes.hasPrefix("/") ? file : "\(folder)/\(file)"
      do throws(FileError) { return try SafeFile.readText(place, limit: 1 << 20) } catch {
        throw failure("\(error)")
      }
    }
    self.server = server.bytes.hasSuffix("/") ? String(server.dropLast()) : server
    authorities = try content(cluster, "certificate-authority")
    isVerifying = cluster["insecure-skip-tls-verify"] != true
    certificatePEM = try content(user, "client-certificate")
    keyPEM = try content(user, "client-key")
    if let file = user["tokenFile"]?.string {
      credential = .tokenFile(file.bytes.hasPrefix("/") ? file : "\(folder)/\(file)")
    } else {
      credential = user["token"]?.string.map(Credential.token) ?? .none
    }
  }
}

/// By bytes.
extension KubeConfig: Equatable {
  package static func == (left: KubeConfig, right: KubeConfig) -> Bool {
    left.server.bytes == right.server.bytes
      && left.authorities?.bytes == right.authorities?.bytes
      && left.isVerifying == right.isVerifying && left.credential == right.credential
      && left.certificatePEM?.bytes == right.certificatePEM?.bytes
      && left.keyPEM?.bytes == right.keyPEM?.bytes
  }
}

extension KubeConfig.Credential: Equatable {
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.token(let left), .token(let right)), (.tokenFile(let left), .tokenFile(let right)):
      left.bytes == right.bytes
    default: false
    }
  }
}
