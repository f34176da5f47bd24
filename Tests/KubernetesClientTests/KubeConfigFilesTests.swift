import Cryptography
import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

/// Kubeconfigs whose parts lie in files, and what requests by one say.
@Suite(.timeLimit(.minutes(10))) struct KubeConfigFilesTests {
  private static func config(_ user: JSON, _ cluster: JSON = ["server": "https://h:1"]) -> JSON {
    [
      "current-context": "c",
      "contexts": [
        ["name": "d", "context": ["cluster": "x", "user": "x"]],
        ["name": "c", "context": ["cluster": "k", "user": "u"]],
      ],
      "clusters": [
        ["name": "x", "cluster": ["server": "https://x"]], ["name": "k", "cluster": cluster],
      ],
      "users": [["name": "x", "user": ["token": "x"]], ["name": "u", "user": user]],
    ]
  }

  private func read(
    _ user: JSON, _ cluster: JSON = ["server": "https://h:1"], folder: String = "/f"
  )
    throws -> KubeConfig
  {
    try KubeConfig(json: Self.config(user, cluster), path: "P", folder: folder)
  }

  private func reason(_ body: () throws -> KubeConfig) -> String? {
    #expect(throws: KubeConfig.Failure.self, performing: body)?.description
  }

  @Test("certificates are in the config or in files beside it, and the data counts before a file")
  func contents() throws {
    let folder = try Scratch.folder()
    for name in ["ca", "cert", "key"] {
      try SafeFile.write(Array("\(name) file".utf8), to: "\(folder)/\(name)")
    }
    let found = try read(
      ["client-certificate": "cert", "client-key": .string("\(folder)/key")],
      ["server": "https://h", "certificate-authority": "ca", "insecure-skip-tls-verify": true],
      folder: folder)
    #expect(found.authorities == "ca file" && found.certificatePEM == "cert file")
    #expect(found.keyPEM == "key file" && !found.isVerifying)
    #expect(found.credential == .none)
    let data = JSON.string(Base64.encode(Array("data".utf8)))
    let both = try read(["client-key-data": data, "client-key": "none"], folder: folder)
    #expect(both.keyPEM == "data" && both.certificatePEM == nil && both.authorities == nil)
    #expect(reason { try read(["client-key-data": "%"]) } == "P: client-key-data is not Base64")
    #expect(reason { try read(["client-key-data": "/w=="]) } == "P: client-key-data is not Base64")
    #expect(reason { try read(["client-key": "none"], folder: folder) }?.contains("/none") == true)
  }

  @Test("a config that names what it does not have is refused with that name")
  func missing() {
    for (member, text) in [
      ("contexts", "there is no context named \"c\""),
      ("clusters", "there is no cluster named \"k\""),
      ("users", "there is no user named \"u\""),
      ("current-context", "there is no context named \"\""),
    ] {
      var json = Self.config([:]).object ?? [:]
      json[member] = nil
      let found = reason { try KubeConfig(json: .object(json), path: "P", folder: "/") }
      #expect(found == "P: \(text)")
    }
    #expect(reason { try read([:], [:]) } == "P: the cluster has no server")
  }

  @Test("a file's parts are beside it; one is no other than its own bytes say")
  func files() throws {
    let folder = try Scratch.folder()
    try SafeFile.write(
      Self.config(["tokenFile": "t"], ["server": "https://h/"]).bytes(), to: "\(folder)/config")
    let found = try KubeConfig(path: "\(folder)/config")
    #expect(found.credential == .tokenFile("\(folder)/t") && found.server == "https://h")
    #expect(try read(["tokenFile": "/t"]).credential == .tokenFile("/t"))
    let base = try read([:])
    let pem = JSON.string(Base64.encode(Array("x".utf8)))
    for (user, cluster) in [
      (["client-key-data": pem], ["server": "https://h:1"]),
      (["client-certificate-data": pem], ["server": "https://h:1"]),
      ([:], ["server": "https://h:1", "certificate-authority-data": pem]),
      ([:], ["server": "https://h:1", "insecure-skip-tls-verify": true]),
      ([:], ["server": "https://h:2"]), (["token": ""], ["server": "https://h:1"]),
    ] as [(JSON, JSON)] {
      #expect(try read(user, cluster) != base)
      #expect(try read(user, cluster) == read(user, cluster))
    }
    #expect(KubeConfig.Credential.token("a") != .tokenFile("a"))
  }

  /// A certificate for 127.0.0.1.
  private static func tls() throws -> TLSServerContext {
    let (now, key) = (SystemClock().now, try PrivateKey.generate(.p256))
    let authority = try CertificateAuthority.make(
      name: "test", key: try PrivateKey.generate(.p256), now: now, randomness: .system)
    let certificate = try authority.issueServer(
      names: ["127.0.0.1"], publicKey: key.publicKey, now: now, lifetime: .seconds(3600),
      randomness: .system)
    return try TLSServerContext(certificatePEM: certificate, keyPEM: key.pem)
  }

  @Test("without TLS nobody is told who asks, as kubectl has it")
  func unsecured() async throws {
    let loops = EventLoops(count: 1)
    let asked = Mutex<[String?]>([])
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        asked.withLock { $0.append(request.headers["Authorization"]) }
        return .json(200, [:])
      })
    try server.start()
    for user in [["token": "t"], ["tokenFile": .string(Scratch.path())], [:]] as [JSON] {
      let config = try read(user, ["server": .string(server.urls[0])])
      _ = try await KubernetesClient(config, loops: loops).get("/a")
    }
    #expect(asked.withLock { $0 } == [nil, nil, nil])
    await server.stop(grace: .zero)
    loops.stop()
  }

  @Test("requests say who makes them, by a token that is read anew each time")
  func requests() async throws {
    let loops = EventLoops(count: 1)
    let asked = Mutex<[String]>([])
    let server = HTTPServer(
      HTTPServerConfiguration(
        listen: [HostPort(host: "127.0.0.1", port: 0)], tls: try Self.tls()), loops: loops,
      handler: ClosureHandler { request in
        let fields = ["Authorization", "Content-Type", "Accept", "X"].map {
          request.headers[$0] ?? "-"
        }
        asked.withLock {
          $0.append(
            ([request.method, request.target] + fields + [
              String(decoding: request.body, as: UTF8.self)
            ])
            .joined(separator: " "))
        }
        if request.target.hasPrefix("/gone") {
          return .json(404, ["kind": "Status", "reason": "NotFound", "message": "no"])
        }
        if request.target.hasPrefix("/odd") { return .text(502, "odd") }
        return .text(
          request.target.hasPrefix("/text") ? 200 : 201,
          request.target.hasPrefix("/text") ? "x" : "{}")
      })
    try server.start()
    let file = Scratch.path()
    func client(_ user: JSON) throws -> KubernetesClient {
      try KubernetesClient(
        KubeConfig(
          json: Self.config(
            user, ["server": .string(server.urls[0]), "insecure-skip-tls-verify": true]),
          path: "P", folder: "/"),
        loops: loops
      ) { $0.headers["X"] = "mark" }
    }
    let plain = try client([:])
    _ = try await plain.get("/a")
    _ = try await plain.create("/a", [1])
    _ = try await plain.replace("/a", [2])
    _ = try await plain.merge("/a", [3])
    _ = try await plain.delete("/a", options: [4])
    _ = try await client(["token": "t"]).send("PATCH", "/a", contentType: "b/c", accepts: "d/e")
    let rotated = try client(["tokenFile": .string(file)])
    for token in ["one\n", " two"] {
      try SafeFile.write(Array(token.utf8), to: file)
      _ = try await rotated.get("/a")
    }
    let json = "application/json"
    #expect(
      asked.withLock { $0 } == [
        "GET /a - - \(json) mark ", "POST /a - \(json) \(json) mark [1]",
        "PUT /a - \(json) \(json) mark [2]",
        "PATCH /a - application/merge-patch+json \(json) mark [3]",
        "DELETE /a - \(json) \(json) mark [4]", "PATCH /a Bearer t - d/e mark ",
        "GET /a Bearer one - \(json) mark ", "GET /a Bearer two - \(json) mark ",
      ])
    var errors: [String] = []
    for path in ["/gone", "/odd", "/text"] {
      do { _ = try await plain.get(path) } catch {
        errors.append("\(error.code ?? 0) \(error)".replacing(server.urls[0], with: "URL"))
      }
    }
    #expect(
      errors == ["404 no", "0 the API server answers 502", "0 URL answers what is no JSON"])
    #expect(plain.server == server.urls[0])
    await server.stop(grace: .zero)
    loops.stop()
  }

  @Test(
    "a token's file is one word, whatever stands around it; nothing else is sent",
    arguments: [
      ("t", "t"), (" t\n", "t"), ("\r\n\tt.u-v_w=\n", "t.u-v_w="), ("", nil), ("\n", nil),
      ("a b", nil), ("-----BEGIN KEY-----\nabc\n", nil), ("a\nb\n", nil), ("é", nil),
      ("a\u{0}b", nil), ("a\u{7F}", nil),
    ] as [(String, String?)])
  func tokens(text: String, token: String?) {
    #expect(KubernetesClient.token(in: text) == token)
  }
}
