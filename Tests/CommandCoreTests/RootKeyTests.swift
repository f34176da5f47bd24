import AWSWire
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

@Suite struct RootKeyTests {
  private static let local = HostPort(host: "127.0.0.1", port: 1)

  private func plan(
    _ state: String, _ variables: [ByteText: String] = [:], addresses: [ByteText: HostPort] = [:]
  ) -> StackPlan {
    StackPlan(
      id: "", state: state,
      addresses: ["aws": Self.local, "s3": Self.local, "aws-admin": Self.local]
        .merging(addresses) { $1 },
      isLinkLocal: false, environment: ProcessEnvironment(variables), keptIssuer: nil)
  }

  @Test(
    "a stack's keys are random where one of aws-api's listeners is not loopback",
    arguments: ["aws", "s3", "aws-admin"])
  func standard(listener: String) {
    #expect(plan("/s").rootCredentials == "test")
    let open = [listener.bytes: HostPort(host: "0.0.0.0", port: 1)]
    #expect(plan("/s", addresses: open).rootCredentials == "random")
    let variable: ByteText = "PODID_AWS_API_ROOT_CREDENTIALS"
    #expect(plan("/s", [variable: "test"], addresses: open).rootCredentials == "test")
    #expect(plan("/s", [variable: ""], addresses: open).rootCredentials == "random")
    #expect(plan("/s", [variable: "random"]).rootCredentials == "random")
  }

  @Test("with random keys the servers are told of a file each, never of the root's key")
  func servers() throws {
    let state = try Scratch.folder()
    let random = plan(state, ["PODID_AWS_API_ROOT_CREDENTIALS": "random"])
    #expect(
      random.signingVariables() == [
        "PODID_AWS_API_KEYS": "",
        "PODID_KUBERNETES_API_AWS_CREDENTIALS_FILE":
          "\(state)/aws-api/kubernetes-api/credentials.json",
        "PODID_NODE_AGENT_AWS_CREDENTIALS_FILE": "\(state)/aws-api/node-agent/credentials.json",
      ])
    #expect(throws: FileError.self) { try random.rootKey() }
    _ = try StateFolder(root: "\(state)/aws-api/root")
    let key = try AccessKeyFile.ofRoot(state: state).readOrMake(.system)
    #expect(try random.rootKey() == key)
    let json = random.json(token: "t", rootKey: key, pids: [:], seeds: [])
    #expect(json.at("aws", "accessKeyId")?.string == key.accessKeyID)
    #expect(json.at("aws", "secretAccessKey")?.string == key.secretAccessKey)
    #expect(try plan(state).rootKey().accessKeyID == "test")
  }

  @Test("a stack in containers has its root's key in a file, or test/test where that is said")
  func containers() throws {
    let folder = try Scratch.folder()
    try SafeFile.write(Array("{}".utf8), to: "\(folder)/kubeconfig")
    try SafeFile.write(Array("token".utf8), to: "\(folder)/token")
    var variables: [ByteText: String] = [
      "PODID_STACK_KUBECONFIG": "\(folder)/kubeconfig",
      "PODID_STACK_ADMIN_TOKEN_FILE": "\(folder)/token",
      "PODID_STACK_AWS_CREDENTIALS_FILE": "\(folder)/key",
    ]
    func info() throws -> StackInfo {
      try #require(StackVariables(ProcessEnvironment(variables))).info()
    }
    let error = #expect(throws: CommandFailure.self) { try info() }
    #expect("\(try #require(error))".contains("\(folder)/key"))
    let key = try AccessKeyFile(path: "\(folder)/key").readOrMake(.system)
    #expect(try info().accessKeyID == key.accessKeyID)
    #expect(try info().secretAccessKey == key.secretAccessKey)
    variables["PODID_AWS_API_ROOT_CREDENTIALS"] = "test"
    #expect(try info().accessKeyID == "test")
  }

  @Test("a stack whose keys were renewed has the new ones in its file, which the register knows")
  func renewed() throws {
    let known = try KnownStack()
    let state = "\(known.folder)/state"
    var info = try known.write("a", at: "\(known.folder)/stack.json", state: state)
    info.entry = try known.register.entry(for: StackFile(info.path), id: info.id)
    _ = try StateFolder(root: "\(state)/aws-api/root")
    let key = try AccessKeyFile.ofRoot(state: state).readOrMake(.system)
    let renewed = try info.withRenewedKey(known.context())
    #expect(
      renewed.accessKeyID == key.accessKeyID && renewed.secretAccessKey == key.secretAccessKey)
    let found = try StackFinder(known.context()).read(info.path)
    #expect(found.accessKeyID == key.accessKeyID && found.awsURL == info.awsURL)
    let digest = try #require(found.entry).digest
    #expect(digest == renewed.entry?.digest && digest != info.entry?.digest)
    // Keys that everybody knows are nobody's to renew.
    var object = info.json.object ?? [:]
    object["aws"] = ["url": "http://127.0.0.1:3", "accessKeyId": "test"]
    let fixed = try StackInfo(json: .object(object), path: info.path)
    #expect(try fixed.withRenewedKey(known.context()).accessKeyID == "test")
    #expect(try StackFinder(known.context()).read(info.path).accessKeyID == key.accessKeyID)
  }
}
