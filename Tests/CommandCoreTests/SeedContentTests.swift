import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// What is read of a seed's files, and what is reported of it.
@Suite struct SeedContentTests {
  private func seed(_ files: [String: String]) throws -> SeedFolder {
    try SeedFolder(path: Scratch.folder(files))
  }

  private func object(_ kind: String, _ metadata: String) -> String {
    "apiVersion: v1\nkind: \(kind)\nmetadata: {\(metadata)}\n"
  }

  @Test("objects come by their kind: namespaces first, pods last, and else as they stand")
  func ranks() throws {
    let text = [
      ("Pod", "name: p"), ("Service", "name: s, namespace: ns"), ("ServiceAccount", "name: a"),
      ("ServiceAccount", "name: b"), ("Namespace", "name: ns, namespace: x"), ("Node", "name: o"),
      ("Secret", "name: c"), ("ConfigMap", "name: d"),
    ].map { object($0.0, $0.1) }.joined(separator: "---\n")
    let found = try seed(["kubernetes/a.yaml": text]).manifests
    #expect(
      found.map(\.title) == [
        "namespace ns", "serviceaccount default/a", "serviceaccount default/b",
        "configmap default/d", "secret default/c", "node o", "service ns/s", "pod default/p",
      ])
    #expect(found[0].path == "/api/v1/namespaces" && found[0].objectPath == "/api/v1/namespaces/ns")
    #expect(found[6].path == "/api/v1/namespaces/ns/services")
    #expect(found[7].objectPath == "/api/v1/namespaces/default/pods/p")
  }

  @Test("the account with an identity is the first that has an annotation or an association")
  func identity() throws {
    func identity(_ accounts: String, _ associations: String = "") throws -> String? {
      try seed(["kubernetes/a.yaml": accounts, "aws/a.yaml": "associations: [\(associations)]\n"])
        .identity?.text
    }
    let association = "{namespace: ns, serviceAccount: b, roleArn: r}"
    let plain = object("ServiceAccount", "name: a, namespace: ns")
    let noted = object(
      "ServiceAccount", "name: c, annotations: {pod-identity.eks.amazonaws.com/role: r}")
    let other = object("ServiceAccount", "name: b, namespace: ns")
    let pod = object("Pod", "name: b, namespace: ns")
    #expect(try identity(plain) == nil)
    #expect(try identity([plain, noted].joined(separator: "---\n")) == "default/c")
    #expect(
      try identity([pod, plain, other, noted].joined(separator: "---\n"), association) == "ns/b")
    #expect(try identity(plain, association) == "ns/b")
    #expect(
      try seed(["kubernetes/a.yaml": [pod, plain, noted].joined(separator: "---\n")]).manifests
        .map(\.hasRoleAnnotation) == [false, true, false])
  }

  @Test("what a role says is read, and what it does not say stays open")
  func roles() throws {
    let more =
      "Path: /x/, Description: d, MaxSessionDuration: 3600, Tags: [{Key: k, Value: v}], "
    func role(_ more: String) throws -> SeedAWS.Role {
      try #require(
        try seed(["aws/a.yaml": "roles:\n- {RoleName: r, \(more)\(SeedFolderTests.trust)}\n"])
          .aws.roles.first)
    }
    let full = try role(more)
    #expect(full.path == "/x/" && full.description == "d" && full.maxSessionSeconds == 3600)
    #expect(full.tags?.map { "\($0.key)=\($0.value)" } == ["k=v"])
    let bare = try role("")
    #expect(bare.path == nil && bare.description == nil && bare.maxSessionSeconds == nil)
    #expect(bare.tags == nil && bare.policies.isEmpty)
    for (text, reason) in [
      ("Path: 1, ", "Path of r must be a text"), ("Description: 1, ", "Description of r must be"),
      ("MaxSessionDuration: x, ", "MaxSessionDuration of r must be a number"),
      ("Tags: {}, ", "Tags of r must be a list"),
      ("Tags: [{Key: k}], ", "Tags of r must be a list"),
      ("Tags: [{Key: k, Value: 1}], ", "Tags of r must be a list"),
      ("Tags: [{Key: k, Value: v, X: y}], ", "Tags of r must be a list"),
      ("AttachedManagedPolicies: [], ", "managed policies are not served yet"),
      ("Policies: [{PolicyName: p}], ", "a policy of r needs the member PolicyDocument"),
      ("Policies: [1], ", "a policy of r must be a map"),
    ] {
      let error = #expect(throws: CommandFailure.self) { try role(text) }
      #expect(error?.description.contains(reason) == true, "\(text)")
    }
  }

  @Test(
    "an association, a provider and a cluster have what they need, and nothing unknown",
    arguments: [
      ("associations: [{namespace: ns, serviceAccount: s, roleArn: r, x: y}]", "has no member x"),
      (
        "associations: [{namespace: ns, serviceAccount: s, roleArn: null}]",
        "needs the member roleArn"
      ),
      (
        "associations: [{namespace: ns, serviceAccount: s, roleArn: r, tags: []}]", "a map of texts"
      ),
      (
        "associations: [{namespace: ns, serviceAccount: s, roleArn: r, tags: {a: 1}}]",
        "a map of texts"
      ),
      (
        "associations: [{namespace: n, serviceAccount: s, roleArn: r}]",
        "the namespace of an association must be a text: quote it"
      ),
      (
        "associations: [{namespace: ns, serviceAccount: 12, roleArn: r}]",
        "the serviceAccount of an association must be a text"
      ),
      (
        "associations: [{namespace: ns, serviceAccount: s, roleArn: r, targetRoleArn: [r]}]",
        "the targetRoleArn of an association must be a text"
      ),
      ("roles: [{RoleName: on, AssumeRolePolicyDocument: {}}]", "the RoleName of a role must be"),
      ("openIDConnectProviders: [{Url: 1}]", "the Url of a provider must be a text"),
      ("openIDConnectProviders: [{ClientIDList: [a]}]", "a provider needs the member Url"),
      ("openIDConnectProviders: [{Url: u, X: y}]", "a provider has no member X"),
      ("clusters: [{nom: c}]", "a cluster needs a name"), ("managedPolicies: []", "not served yet"),
      ("[]", "a file in aws/ is a map"),
    ])
  func refused(text: String, reason: String) {
    let error = #expect(throws: CommandFailure.self) { try seed(["aws/a.yaml": text + "\n"]) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test("files that begin with a dot are passed over, and keys of objects are their paths")
  func objects() throws {
    let found = try seed([
      "s3/bucket/a/b/c.txt": "x", "s3/bucket/.hidden": "x", "s3/bucket/a/.gitkeep": "",
      "s3/.x/y": "", "kubernetes/.x": "", ".git/x": "", "README.md": "", "faults.yaml": "[]\n",
    ])
    #expect(found.buckets == ["bucket"] && found.faults.isEmpty && found.manifests.isEmpty)
    #expect(found.objects.map(\.key) == [".hidden", "a/b/c.txt"])
    #expect(found.objects.last?.path == "\(found.path)/s3/bucket/a/b/c.txt")
  }

  @Test("a report counts what there is of each outcome")
  func report() {
    var report = SeedReport()
    #expect(report.summary == "nothing in it")
    report.add("a", .unchanged)
    #expect(report.summary == "1 unchanged")
    report.add("b", .created)
    report.add("c", .updated)
    report.add("d", .created)
    #expect(report.summary == "2 created, 1 updated, 1 unchanged")
  }
}
