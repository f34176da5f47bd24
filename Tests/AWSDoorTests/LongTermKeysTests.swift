import AWSTestSupport
import AWSWire
import Glibc
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import AWSDoor

@Suite struct LongTermKeysTests {
  private let folder: String

  init() throws {
    folder = try Scratch.folder()
  }

  private func key(_ owner: String) throws -> AWSCredentials {
    try AccessKeyFile(path: "\(folder)/\(owner)/credentials.json").read()
  }

  @Test("a random key has AWS's form, lies in a 0600 file of its own folder, and stays")
  func kept() throws {
    let keys = try LongTermKeys(in: folder, randomRoot: true)
    var seen: Set<String> = []
    for owner in ["root", "kubernetes-api", "node-agent"] {
      let key = try key(owner)
      #expect(key.accessKeyID.utf8.count == 20)
      #expect(key.accessKeyID.utf8.starts(with: "AKIA".utf8))
      let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
      #expect(key.accessKeyID.utf8.allSatisfy { letters.contains($0) })
      #expect(key.secretAccessKey.utf8.count == 40)
      seen.insert(key.secretAccessKey)
      var status = stat()
      #expect(stat("\(folder)/\(owner)/credentials.json", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
      #expect(stat("\(folder)/\(owner)", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o700)
    }
    #expect(seen.count == 3)
    let before = try key("root")
    #expect(keys.find(before.accessKeyID)?.secret == before.secretAccessKey)
    let again = try LongTermKeys(in: folder, randomRoot: true)
    #expect(again.find(before.accessKeyID)?.owner == .root)
    #expect(again.find(try key("node-agent").accessKeyID)?.owner == .service(.nodeAgent))
    #expect(again.find("test") == nil)
  }

  @Test("renewing makes every key new, in the files too")
  func renewed() throws {
    let keys = try LongTermKeys(in: folder, randomRoot: true)
    let owners = ["root", "kubernetes-api", "node-agent"]
    let before = try owners.map(key)
    try keys.renew()
    let after = try owners.map(key)
    for (old, new) in zip(before, after) {
      #expect(old.accessKeyID != new.accessKeyID && old.secretAccessKey != new.secretAccessKey)
      #expect(keys.find(old.accessKeyID) == nil)
      #expect(keys.find(new.accessKeyID)?.secret == new.secretAccessKey)
    }
  }

  @Test("test/test beside the servers' keys stays what it is")
  func fixedRoot() throws {
    let keys = try LongTermKeys(in: folder, randomRoot: false)
    try keys.renew()
    #expect(keys.find("test")?.secret == "test")
    #expect(!SafeFile.exists("\(folder)/root"))
    #expect(LongTermKeys.test.find("test")?.owner == .root)
  }

  @Test(
    "a file that holds no key is told with its path, and left alone",
    arguments: ["", "{}", "[1]", "{\"accessKeyId\":\"\",\"secretAccessKey\":\"s\"}", "nonsense"])
  func damaged(content: String) throws {
    _ = try LongTermKeys(in: folder, randomRoot: true)
    let path = AccessKeyFile(of: "root", in: folder).path
    try SafeFile.write(Array(content.utf8), to: path)
    let error = #expect(throws: FileError.self) {
      try LongTermKeys(in: folder, randomRoot: true)
    }
    #expect(error?.description == "\(path): does not hold an access key")
    #expect(try SafeFile.readText(path) == content)
  }

  @Test("a link in a key's place is not followed")
  func link() throws {
    _ = try LongTermKeys(in: folder, randomRoot: true)
    let path = AccessKeyFile(of: "root", in: folder).path
    #expect(rename(path, "\(folder)/elsewhere") == 0)
    #expect(symlink("\(folder)/elsewhere", path) == 0)
    #expect(throws: FileError.self) { try LongTermKeys(in: folder, randomRoot: true) }
  }

  @Test("the agent's key exchanges tokens and does nothing else")
  func agentsKey() async throws {
    let stack = try await stack()
    let own = try key("node-agent")
    let root = try key("root")
    await stack.makeRole(as: root)
    await stack.associate(as: root)
    #expect(await stack.assume(try stack.token(), as: own).status == 200)
    // A pod's exchange is the app's doing, whoever makes it.
    #expect(stack.events.entries(after: 0).last?.event.origin == .app)
    let caller = await stack.query("sts", "GetCallerIdentity", as: own)
    #expect(caller.element("Arn") == "arn:aws:iam::111122223333:user/podid/node-agent")
    for answer in [
      await stack.eks("GET", "/clusters/local/pod-identity-associations", as: own),
      await stack.eks("GET", "/clusters/local", as: own),
      await stack.query("iam", "ListRoles", as: own),
      await stack.query("iam", "DeleteRole", [("RoleName", "reader")], as: own),
    ] {
      #expect(answer.status == 403)
      #expect(["AccessDenied", "AccessDeniedException"].contains(answer.failure.code))
      #expect(answer.failure.message.utf8.starts(with: Self.refused.utf8))
    }
  }

  private static let refused = "User: arn:aws:iam::111122223333:user/podid/node-agent is not"

  @Test("kubernetes-api's key keeps associations and does nothing else")
  func clustersKey() async throws {
    let stack = try await stack()
    let own = try key("kubernetes-api")
    await stack.makeRole(as: try key("root"))
    let id = await stack.associate(as: own)
    #expect(!id.isEmpty)
    let all = "/clusters/local/pod-identity-associations"
    #expect(await stack.eks("GET", all, as: own).status == 200)
    #expect(stack.events.entries(after: 0).last?.event.origin == .stack)
    #expect(await stack.eks("GET", "\(all)/\(id)", as: own).status == 200)
    #expect(await stack.assume(try stack.token(), as: own).status == 403)
    #expect(await stack.query("iam", "ListRoles", as: own).status == 403)
    #expect(await stack.eks("DELETE", "\(all)/\(id)", as: own).status == 200)
  }

  @Test("test/test is refused as each protocol refuses an unknown key")
  func unknown() async throws {
    let stack = try await stack()
    #expect(await stack.query("sts", "GetCallerIdentity").failure.code == "InvalidClientTokenId")
    #expect(await stack.query("iam", "ListRoles").failure.code == "InvalidClientTokenId")
    let eks = await stack.eks("GET", "/clusters/local")
    #expect(eks.failure.code == "UnrecognizedClientException")
    let auth = await stack.assume(try stack.token())
    #expect(auth.failure.code == "UnrecognizedClientException")
  }

  private func stack() async throws -> AWSStack {
    try await AWSStack(longTermKeys: LongTermKeys(in: folder, randomRoot: true))
  }
}
