import JSON
import Testing

@testable import CommandCore

/// What the members of a stack file have to be, at their bounds.
@Suite struct StackMembersTests {
  private func changed(_ part: String?, _ name: String, _ value: JSON?) -> JSON {
    var object = StackTrustTests.good.object ?? [:]
    guard let part else {
      object[name] = value
      return .object(object)
    }
    var inner = object[part]?.object ?? [:]
    inner[name] = value
    object[part] = .object(inner)
    return .object(object)
  }

  @Test(
    "without what podid needs of it, a file is none",
    arguments: [
      (nil, "version"), (nil, "adminToken"), ("kubernetes", "kubeconfig"), ("aws", "url"),
      ("agent", "url"),
    ] as [(String?, String)])
  func needed(part: String?, name: String) {
    let wanted = "it is not a stack file of this version"
    #expect(StackMembers.objection(to: changed(part, name, nil)) == wanted)
    #expect(StackMembers.objection(to: changed("s3", "url", nil)) == nil)
  }

  @Test(
    "texts at their bounds",
    arguments: [
      (nil, "node", String(repeating: "n", count: 4096), nil),
      (nil, "node", String(repeating: "n", count: 4097), "its node is too long"),
      (nil, "node", "\u{20}", nil), (nil, "node", "\u{1F}", "its node has control characters"),
      (nil, "node", "\u{7F}", "its node has control characters"), (nil, "node", "é", nil),
      (nil, "adminToken", "!~", nil),
      (nil, "adminToken", "a b", "its adminToken is no token or key"),
      (nil, "adminToken", "é", "its adminToken is no token or key"), (nil, "adminToken", "", nil),
      ("s3", "url", "", nil), ("s3", "url", "https://a", nil),
      ("s3", "url", "/a", "its s3.url is no http or https URL"), ("agent", "pods", "", nil),
      ("agent", "pods", "/", nil), ("agent", "pods", "a/", "its agent.pods is no absolute path"),
    ] as [(String?, String, String, String?)])
  func texts(part: String?, name: String, text: String, objection: String?) {
    #expect(StackMembers.objection(to: changed(part, name, .string(text))) == objection)
  }

  @Test("a file of a stranger may name its state anywhere, and files below it alone")
  func below() {
    #expect(StackMembers.strangeness(of: changed(nil, "state", "/elsewhere")) != nil)
    #expect(StackMembers.strangeness(of: changed("agent", "pods", "/s/a/../b")) != nil)
    #expect(StackMembers.strangeness(of: changed("agent", "pods", "/s/..a")) == nil)
    #expect(StackMembers.strangeness(of: changed("agent", "pods", "")) == nil)
    var object = changed(nil, "state", "").object ?? [:]
    object["agent"] = ["url": "http://127.0.0.1:1"]
    #expect(
      StackMembers.strangeness(of: .object(object))
        == "its kubernetes.kubeconfig is not in its state folder")
  }
}
