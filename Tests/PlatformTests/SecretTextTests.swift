import JSON
import Platform
import TestSupport
import Testing

@Suite struct SecretTextTests {
  private static let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl_-x"
  private static let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  private static let session = String(repeating: "IQoJb3JpZ2luX2VjEP3/+aB9", count: 8)

  @Test(
    "what looks like a secret is cut out wherever it stands",
    arguments: [
      (jwt, ""), ("GET /api/v1/pods/\(jwt)/x", "GET /api/v1/pods/"),
      ("pods \"\(jwt)\" not found", "pods \"<secret>\" not found"),
      ("Bearer abcdefgh12", "Bearer <secret>"), ("Basic dGVzdDp0ZXN0", "Basic <secret>"),
      (
        "Authorization=AWS4-HMAC-SHA256 Credential=AKIAX/d, Secret=hunter2, x",
        ", Secret=<secret>, x"
      ),
      ("aws_secret_access_key=\(key)", "aws_secret_access_key=<secret>"),
      ("SessionToken=abc&x=1", "SessionToken=<secret>&x=1"),
      ("key \(key) is", "key <secret> is"), ("/buckets/\(session)", ""),
      ("no role \(session).", ""), ("/x/wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12", "/x/<secret>"),
      ("{\"m\":\"token=a\\\"b\"}", "{\"m\":\"token=<secret>\\\"b\"}"),
    ])
  func secrets(text: String, rest: String) {
    let found = SecretText.redacted(text)
    #expect(found.contains("<secret>") && found.contains(rest), "\(found)")
    for secret in [Self.jwt, Self.key, Self.session, "hunter2", "abcdefgh12", "dGVzdDp0ZXN0"] {
      #expect(!found.contains(secret))
    }
  }

  @Test(
    "names, ids and addresses stay",
    arguments: [
      "arn:aws:sts::111122223333:assumed-role/s3-reader-role/eks-local-s3-access-p-1f0c6c1e-8d3b",
      "arn:aws:iam::111122223333:role/service-role/AmazonEKSPodIdentityAmazonVPCCNIRole",
      "2f1c6c1e-8d3b-4b1e-9d63-3a7b0d1c2e3f", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "pods/deployment-name-of-some-length-7d9f8c6b5d-x2k9z is forbidden", "a", "",
      "/api/v1/namespaces/default/serviceaccounts/s3-reader-sa/token",
      "the token audiences [\"x\"] is invalid", "Bearer token is missing", "GetCredentials",
    ])
  func names(text: String) {
    #expect(SecretText.redacted(text) == text)
  }

  @Test("events are served without them, names of members included")
  func events() throws {
    let log = EventLog(service: "x")
    var event = Event(
      operation: "get", subject: EventSubject(namespace: Self.jwt), reason: "no \(Self.jwt)",
      details: ["path": .string("/\(Self.key)"), "list": [.string(Self.jwt)]])
    event.texts = [("more", JSON.object(["a": .string(Self.session)]).bytes())]
    log.record(event)
    let text = try #require(log.entries(after: 0).first).text
    for secret in [Self.jwt, "wJalrXUtn", "IQoJb3Jp"] { #expect(!text.contains(secret)) }
    #expect(text.contains("<secret>"))
  }

  @Test("a long text takes time in proportion")
  func time() {
    for unit in ["eyJ", "Bearer ", "/", "secret=", "a/", "=", "basic", "token= "] {
      let text = String(repeating: unit, count: 50_000)
      let time = ProcessorTime()
      _ = SecretText.redacted(text)
      // The square would take minutes.
      #expect(time.passed < .seconds(20))
    }
  }
}
