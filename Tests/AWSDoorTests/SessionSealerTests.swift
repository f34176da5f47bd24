import JSON
import Platform
import TestSupport
import Testing

@testable import AWSDoor

/// Temporary credentials that nobody remembers: what opens a token, and what does not.
@Suite struct SessionSealerTests {
  private static let session = IssuedSession(
    roleARN: "arn:aws:iam::111122223333:role/a/s3-reader-role", roleID: "AROAEXAMPLE",
    sessionName: "eks-local-pod-1",
    tags: [
      IssuedSession.Tag(key: "eks-cluster-name", value: "local", isTransitive: true),
      IssuedSession.Tag(key: "k", value: "", isTransitive: false),
    ],
    issued: Instant(seconds: 1_000), expires: Instant(seconds: 4_600), policy: "{}")

  private static func sealer(_ first: UInt8 = 1) -> SessionSealer {
    SessionSealer(
      masterKey: [first] + Array(repeating: 7, count: 31), randomness: .seeded(UInt64(first)))
  }

  @Test("a token opens to what was issued, and looks as AWS's does")
  func whole() throws {
    let credentials = try Self.sealer().issue(Self.session)
    #expect(credentials.accessKeyID.hasPrefix("ASIA") && credentials.accessKeyID.utf8.count == 20)
    #expect(credentials.secretAccessKey.utf8.count == 40)
    #expect(credentials.sessionToken.hasPrefix("IQoJb3JpZ2luX2Vj"))
    #expect(credentials.expires == Self.session.expires)
    let found = try #require(
      Self.sealer().open(credentials.sessionToken, accessKeyID: credentials.accessKeyID))
    #expect(found.json == Self.session.json)
    #expect(found.roleName == "s3-reader-role" && found.tags.map(\.isTransitive) == [true, false])
    #expect(Self.sealer().secret(of: credentials.accessKeyID) == credentials.secretAccessKey)
  }

  @Test("a session without tags and policy is one too")
  func plain() throws {
    let session = IssuedSession(
      roleARN: "arn:aws:iam::111122223333:role/r", roleID: "AROA", sessionName: "s", tags: [],
      issued: Instant(seconds: 1), expires: Instant(seconds: 2), policy: nil)
    let credentials = try Self.sealer().issue(session)
    let found = Self.sealer().open(
      credentials.sessionToken, accessKeyID: credentials.accessKeyID)
    #expect(found?.tags.isEmpty == true && found?.policy == nil && found?.roleName == "r")
  }

  @Test("it opens with no other access key id, and under no other key")
  func others() throws {
    let credentials = try Self.sealer().issue(Self.session)
    let other = try Self.sealer(2).issue(Self.session)
    #expect(other.accessKeyID != credentials.accessKeyID)
    let (token, id) = (credentials.sessionToken, credentials.accessKeyID)
    #expect(Self.sealer().open(token, accessKeyID: other.accessKeyID) == nil)
    #expect(Self.sealer().open(token, accessKeyID: id + "A") == nil)
    #expect(Self.sealer(2).open(token, accessKeyID: id) == nil)
    #expect(Self.sealer(2).secret(of: id) != credentials.secretAccessKey)
  }

  @Test("a token that differs in any byte, or lacks some, opens to nothing")
  func tampered() throws {
    let credentials = try Self.sealer().issue(Self.session)
    let bytes = try #require(Base64.decode(credentials.sessionToken))
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      #expect(
        Self.sealer().open(Base64.encode(changed), accessKeyID: credentials.accessKeyID) == nil)
    }
    for count in 0..<bytes.count {
      let cut = Base64.encode(bytes.prefix(count))
      #expect(Self.sealer().open(cut, accessKeyID: credentials.accessKeyID) == nil)
    }
    for text in ["", "no token", credentials.sessionToken + "AAAA"] {
      #expect(Self.sealer().open(text, accessKeyID: credentials.accessKeyID) == nil)
    }
  }

  @Test("the key's file is made once, for its owner alone, and read from then on")
  func file() throws {
    let path = try Scratch.folder() + "/session-key"
    let first = try SessionSealer(keyFile: path, randomness: .seeded(1))
    let text = try SafeFile.readText(path, limit: 1024)
    #expect(text.utf8.count == 65 && text.hasSuffix("\n"))
    let credentials = try first.issue(Self.session)
    let second = try SessionSealer(keyFile: path, randomness: .seeded(2))
    let (token, id) = (credentials.sessionToken, credentials.accessKeyID)
    #expect(second.open(token, accessKeyID: id) != nil)
    #expect(try SafeFile.readText(path, limit: 1024) == text)
    try second.renew(keyFile: path)
    #expect(second.open(token, accessKeyID: id) == nil)
    #expect(try SafeFile.readText(path, limit: 1024) != text)
    let renewed = try second.issue(Self.session)
    let third = try SessionSealer(keyFile: path)
    #expect(third.open(renewed.sessionToken, accessKeyID: renewed.accessKeyID) != nil)
  }

  @Test(
    "a file that holds no key of 32 bytes is refused, never replaced",
    arguments: [
      "", "\n", "zz", String(repeating: "ab", count: 31), String(repeating: "ab", count: 33),
    ])
  func strange(text: String) throws {
    let path = try Scratch.folder() + "/session-key"
    try SafeFile.write(Array(text.utf8), to: path)
    let error = #expect(throws: FileError.self) { try SessionSealer(keyFile: path) }
    #expect(error.map { "\($0)" }?.contains("64 hexadecimal digits") == true)
    #expect(try SafeFile.readText(path, limit: 1024) == text)
  }
}
