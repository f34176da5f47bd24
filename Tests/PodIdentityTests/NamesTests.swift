import Platform
import PodIdentity
import Testing

@Suite struct NamesTests {
  private func accepts(_ form: SettingForm, _ text: String) -> Bool {
    form.objection([text]) == nil
  }

  @Test("an account is twelve digits")
  func account() {
    #expect(accepts(.account, "012345678901"))
    for text in ["", "abc", "11112222333", "1111222233334", "1111-2222-33", "١11122223333"] {
      #expect(!accepts(.account, text), "\(text)")
    }
  }

  @Test("a region is what can be a part of a host's name")
  func region() {
    for text in ["us-east-1", "eu-isoe-west-1", "local"] { #expect(accepts(.region, text)) }
    for text in ["US-EAST-1", "us_east_1", "../x", "us.east", "-x", "x-", "us east", "é"] {
      #expect(!accepts(.region, text), "\(text)")
    }
    #expect(accepts(.region, String(repeating: "a", count: 63)))
    #expect(!accepts(.region, String(repeating: "a", count: 64)))
  }

  @Test("a cluster's name is one that EKS takes")
  func cluster() {
    for text in ["local", "A-b_9", "0"] { #expect(accepts(.clusterName, text)) }
    for text in ["-a", "_a", "a/b", "a.b", "a b", "é"] {
      #expect(!accepts(.clusterName, text), "\(text)")
    }
    #expect(accepts(.clusterName, String(repeating: "a", count: 100)))
    #expect(!accepts(.clusterName, String(repeating: "a", count: 101)))
  }

  @Test("a node's name is an RFC 1123 subdomain in lower case")
  func node() {
    for text in ["local-node", "ip-10-0-0-1.ec2.internal", "0"] {
      #expect(accepts(.nodeName, text))
    }
    for text in ["Node", "a..b", ".a", "a.", "a_b", "a-.b", "a/b", "é"] {
      #expect(!accepts(.nodeName, text), "\(text)")
    }
    #expect(!accepts(.nodeName, String(repeating: "a", count: 254)))
  }

  @Test("every default is one that its own row takes")
  func defaults() throws {
    let rows: [Setting] = [.clusterName, .region(""), .account(""), .nodeName("")]
    let table = SettingsTable(program: "server", summary: "", rows: rows)
    for row in rows {
      let flags = ["--\(row.flag)", row.fallback ?? ""]
      let settings = try table.parse(flags, environment: ProcessEnvironment([:]))
      #expect(try settings.required(row.flag) == row.fallback)
    }
  }
}
