import IAMPolicy
import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid can` says where the question is likely not what was meant.
@Suite struct VerdictHintTests {
  private static func hint(
    _ action: String, _ resource: String, _ statement: String? = nil,
    pod: String = PodKeys.unknownPod
  ) throws -> String? {
    let effective = try Sample.effective(
      statement.map { [("inline", try Sample.document($0))] } ?? [], pod: pod)
    let context = effective.keys.call(as: effective.role)
    return Verdict(
      PolicyRequest(action: action, resource: resource, context: context), effective
    ).hint
  }

  @Test(
    "an action of buckets is not asked of an object, nor one of objects of a bucket",
    arguments: [
      (
        "s3:ListAllMyBuckets", "arn:aws:s3:::b",
        "s3:ListAllMyBuckets is about all buckets: ask for arn:aws:s3:::*"
      ),
      ("s3:ListAllMyBuckets", "arn:aws:s3:::*", nil), ("s3:ListAllMyBuckets", "*", nil),
      (
        "s3:ListBucket", "arn:aws:s3:::b/key",
        "s3:ListBucket is about a bucket, not about objects: ask for arn:aws:s3:::b"
      ),
      (
        "S3:DeleteBucket", "arn:aws:s3:::b/*",
        "S3:DeleteBucket is about a bucket, not about objects: ask for arn:aws:s3:::b"
      ),
      ("s3:GetBucketLocation", "arn:aws:s3:::b", nil),
      (
        "s3:GetObject", "arn:aws:s3:::b",
        "s3:GetObject is about objects, not about a bucket: ask for arn:aws:s3:::b/KEY"
      ),
      (
        "s3:putobject", "arn:aws:s3:::b",
        "s3:putobject is about objects, not about a bucket: ask for arn:aws:s3:::b/KEY"
      ),
      ("s3:DeleteObject", "arn:aws:s3:::b/k", nil), ("s3:GetObject", "*", nil),
      ("s3:GetObject", "arn:aws:s3:::*", nil), ("iam:PassRole", "arn:aws:iam::1:role/x", nil),
    ] as [(String, String, String?)])
  func objects(action: String, resource: String, hint: String?) throws {
    #expect(try Self.hint(action, resource) == hint)
  }

  @Test("what is allowed needs no hint, but for an action that nobody knows")
  func allowed() throws {
    let all = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#
    #expect(try Self.hint("s3:GetObject", "arn:aws:s3:::b", all) == nil)
    let misspelt = try Self.hint("s3:GetObjct", "arn:aws:s3:::b", all)
    #expect(misspelt?.hasSuffix("the nearest is s3:GetObject") == true)
  }

  private static func conditional(_ key: String, _ value: String) -> String {
    #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","#
      + #""Condition":{"StringEquals":{"aws:PrincipalTag/\#(key)":"\#(value)"}}}"#
  }

  @Test(
    "--pod is named where a condition on the pod's tags fails, and no pod was given",
    arguments: [
      ("kubernetes-pod-name", "web-1", PodKeys.unknownPod, true),
      ("kubernetes-pod-uid", "u-1", PodKeys.unknownPod, true),
      ("kubernetes-pod-name", "web-1", "web-2", false),
      ("kubernetes-namespace", "prod", PodKeys.unknownPod, false),
      ("kubernetes-pod-name", PodKeys.unknownPod, PodKeys.unknownPod, false),
    ])
  func pod(key: String, value: String, pod: String, isHinted: Bool) throws {
    let hint = try Self.hint(
      "s3:GetObject", "arn:aws:s3:::b/k", Self.conditional(key, value), pod: pod)
    #expect(
      hint
        == (isHinted
          ? "with --pod NAME, the tags are those of that pod: its name and uid" : nil))
  }
}
