import Glibc
import Platform
import TestSupport
import Testing

@testable import CommandCore

@Suite struct SeedFolderTests {
  /// A seed folder of these files.
  private func seed(_ files: [String: String]) throws -> String { try Scratch.folder(files) }

  @Test("the seed of this checkout is valid and has the article's things")
  func standard() throws {
    let seed = try SeedFolder(path: Repository.root + "/seed")
    #expect(seed.aws.roles.map(\.name) == ["s3-reader-role", "s3-writer-role"])
    #expect(seed.buckets == ["your-bucket-name"])
    #expect(!seed.objects.isEmpty)
    #expect(
      seed.manifests.map(\.title) == [
        "serviceaccount default/s3-reader-sa", "serviceaccount default/s3-writer-sa",
        "pod default/s3-access-pod",
      ])
  }

  @Test("further seeds in workshop/ are seeds of their own, each valid")
  func workshop() throws {
    let folder = Repository.root + "/seed/workshop"
    let names = (FolderWalk(path: folder)?.names() ?? []).filter { $0 != "README.md" }
    #expect(names.count == 6)
    for name in names {
      let seed = try SeedFolder(path: "\(folder)/\(name)")
      #expect(!seed.manifests.isEmpty || !seed.objects.isEmpty)
    }
    let all = try SeedFolder(path: Repository.root + "/seed")
    #expect(!all.manifests.contains { $0.title.contains("team-a") })
  }

  static let trust =
    #""AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "#
    + #""Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#

  /// The longest name of a bucket.
  private static let longest = String(repeating: "b", count: 63)

  @Test("names of buckets as S3 has them", arguments: ["abc", "1.b-2", longest])
  func buckets(name: String) throws {
    let seed = try SeedFolder(path: seed(["s3/\(name)/x": "x"]))
    #expect(seed.buckets == [name])
  }

  static let refusals: [(String, String, String)] = [
    ("kubernetes/a.yaml", "a: [", ":2: "),
    (
      "kubernetes/a.json", #"{"apiVersion":"v1","kind":"List","items":1}"#,
      "a.json:1: a List has items, which are a list"
    ),
    ("kubernetes/a.yaml", "apiVersion: v1\nkind: List\n", ":1: a List has items"),
    ("kubernetes/a.yaml", "apiVersion: v1\nkind: List\nitems: {a: 1}\n", ":3: a List has items"),
    ("kubernetes/a.yaml", "kind: List\nitems: []\n", ":1: a List has the apiVersion v1"),
    ("kubernetes/a.yaml", "kind: Pod\n", ":1: a manifest needs apiVersion and kind"),
    (
      "kubernetes/a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n",
      ":2: apps/v1 Deployment is not among the kinds"
    ),
    ("kubernetes/a.yaml", "apiVersion: v1\nkind: Pod\n", ":2: the Pod has no metadata.name"),
    ("kubernetes/a.txt", "x", "only .yaml, .yml and .json"),
    ("aws/a.yaml", "nosuch: []\n", ":1: nosuch is not known"),
    ("aws/a.yaml", "roles:\n- RoleName: r\n", ":2: a role needs the member"),
    (
      "aws/a.yaml", "roles:\n- {RoleName: r, Nosuch: 1, \(trust)}\n",
      ":2: a role has no member Nosuch"
    ),
    (
      "aws/a.yaml",
      "roles:\n- RoleName: r\n  ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]\n",
      ":3: managed policies are not served yet"
    ),
    ("aws/a.yaml", "policies:\n- PolicyName: p\n", ":1: managed policies are not served yet"),
    (
      "aws/a.yaml",
      "roles:\n- RoleName: r\n  \(trust)\n  Policies:\n  - PolicyName: article\n"
        + "    PolicyDocument: {Version: 2012-01-01, Statement: []}\n",
      ":6: the policy article of r: Syntax errors in policy."
    ),
    (
      "aws/a.yaml", "roles:\n- RoleName: r\n  \(trust)\n  Policies: 1\n",
      ":4: the Policies of r are no list"
    ),
    ("aws/a.yaml", "associations:\n- {namespace: n}\n", ":2: an association needs the member"),
    ("aws/a.yaml", "roles: {}\n", ":1: roles must be a list"),
    // Words that are in the file before: the line is that of the value, not of its first namesake.
    (
      "kubernetes/a.yaml",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n---\napiVersion: v1\nkind: Pod\n",
      ":6: the Pod has no metadata.name"
    ),
    (
      "aws/a.yaml", "roles:\n- RoleName: a\n  \(trust)\n- RoleName: a\n",
      ":4: a role needs the member"
    ),
    ("aws/a.yaml", "associations:\n- &a {namespace: n}\n- *a\n", ":2: an association needs"),
    ("faults.yaml", "- {action: hang}\n- {nth: 2}\n", ":2: each fault is a map with an action"),
    ("faults.yaml", "action: hang\n", ":1: this must be a list of faults"),
    ("s3/Bad_Name/x", "x", "no valid name of a bucket"),
    ("s3/ab/x", "x", "no valid name of a bucket"),
    ("s3/\(longest)b/x", "x", "no valid name of a bucket"),
    ("other/x", "x", "a seed holds kubernetes/, aws/, s3/ and faults.yaml only"),
  ]

  @Test("a bad file is named with its line and the reason", arguments: refusals)
  func refused(file: String, text: String, reason: String) throws {
    let root = try seed([file: text])
    let error = #expect(throws: CommandFailure.self) { try SeedFolder(path: root) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    #expect(error?.description.contains(root) == true)
  }

  @Test("symbolic links are refused, wherever they are")
  func symbolicLinks() throws {
    let root = try seed(["s3/bucket/x": "x", "kubernetes/a.yaml": ""])
    symlink("/etc/passwd", "\(root)/s3/bucket/y")
    #expect(throws: CommandFailure.self) { try SeedFolder(path: root) }
    unlink("\(root)/s3/bucket/y")
    symlink("/etc/passwd", "\(root)/kubernetes/b.yaml")
    #expect(throws: CommandFailure.self) { try SeedFolder(path: root) }
    unlink("\(root)/kubernetes/b.yaml")
    _ = try SeedFolder(path: root)
  }
}
