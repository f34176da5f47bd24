import JSON
import Platform
import PodIdentity
import TestSupport
import Testing

@testable import CommandCore

/// The command that starts a stack again as it was.
@Suite struct UpAgainTests {
  private func stack(
    _ state: String, _ path: String? = nil, _ members: [String: JSON] = [:]
  ) throws -> StackInfo {
    let here = try StackFinder.currentFolder()
    var object = SampleStack.json.object ?? [:]
    object["state"] = .string(state)
    object["kubernetes"] = [
      "kubeconfig": "/k", "url": .string("https://\(StackDefaults.kubernetes)"),
    ]
    object["aws"] = ["url": .string("http://\(StackDefaults.aws)")]
    object["s3"] = ["url": .string("http://\(StackDefaults.s3)")]
    object["agent"] = ["url": .string("http://\(StackDefaults.agent)/v1/credentials")]
    for (name, value) in members { object[name] = value }
    return try StackInfo(json: .object(object), path: path ?? "\(here)/.podid/stack.json")
  }

  @Test("where all is as usual there is nothing to name but a state that the register lacks")
  func usual() throws {
    let here = try StackFinder.currentFolder()
    var info = try stack("\(here)/.podid/state")
    #expect(info.upAgain.text == "podid up --detach --state '\(here)/.podid/state'")
    let known = try KnownStack()
    let entered = try known.write("a", at: "\(known.folder)/stack.json")
    info.entry = try known.register.entry(for: StackFile(entered.path), id: entered.id)
    #expect(info.upAgain.text == "podid up --detach" && !info.upAgain.losesStack)
    var other = try stack("/o'ther")
    other.entry = info.entry
    #expect(other.upAgain.text == #"podid up --detach --state '/o'\''ther'"#)
  }

  @Test("a file elsewhere is named, and so is what was moved; the rest is on free ports then")
  func moved() throws {
    let info = try stack(
      "/s", "/x/stack.json",
      [
        "aws": ["url": "http://127.0.0.1:9"],
        "agent": ["url": "http://127.0.0.1:7/v1/credentials", "probe": "http://127.0.0.1:8"],
      ])
    #expect(
      info.upAgain.text
        == "podid up --detach --state '/s' --stack-file '/x/stack.json' --free-ports"
        + " --aws-listen 127.0.0.1:9 --agent-listen 127.0.0.1:7 --probe-listen 127.0.0.1:8")
  }

  @Test("an ephemeral stack is made anew, and what was in it is lost")
  func ephemeral() throws {
    let again = try stack("/tmp/podid-abc/state").upAgain
    #expect(again.text == "podid up --detach --ephemeral" && again.losesStack)
    for state in ["/tmp/podid-abc/x/state", "/tmp/xpodid-abc/state", "podid-"] {
      let path = state.hasPrefix("/") ? state : "/\(state)"
      #expect(try !stack(path).upAgain.losesStack)
    }
  }

  @Test("a stack of this machine is taken down and up, another is compose's")
  func restart() throws {
    var info = try stack("/tmp/podid-abc/state")
    #expect(info.restart().text == "podid down && podid up --detach --ephemeral")
    info.isOwn = false
    #expect(info.restart().text == "docker compose restart")
    #expect(info.restart(.awsAPI).text == "docker compose up -d aws-api")
  }

  @Test("seeds that a file names count where podid wrote it")
  func seeds() throws {
    var info = try stack("/s", nil, ["seeds": ["/a", 1, "/b"]])
    #expect(info.seeds.isEmpty)
    let known = try KnownStack()
    let entered = try known.write("a", at: "\(known.folder)/stack.json")
    info.entry = try known.register.entry(for: StackFile(entered.path), id: entered.id)
    #expect(info.seeds == ["/a", "/b"])
    #expect(info.programFolders.count == 2)
  }
}
