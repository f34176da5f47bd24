import JSON
import Testing

@testable import CommandCore
@testable import Console

@Suite struct ConsoleEventTests {
  @Test("members that are not named do not reach the page, at whatever depth")
  func knownMembersAlone() {
    let event: JSON = [
      "time": "2026-11-27T00:00:00.000Z", "service": "kubernetes-api",
      "operation": "TokenRequest", "outcome": "ok", "token": "SECRET", "secretAccessKey": "SECRET",
      "subject": ["namespace": "n", "serviceAccount": "a", "pod": "p", "token": "SECRET"],
      "header": ["alg": "RS256", "kid": "k", "x5c": "SECRET", "typ": ["a": "SECRET"]],
      "claims": [
        "aud": ["x"], "sub": "s", "exp": 5, "private": "SECRET", "iss": ["deep": "SECRET"],
        "kubernetes.io": [
          "namespace": "n", "pod": ["name": "p", "uid": "u", "token": "SECRET"], "x": "SECRET",
        ],
      ],
      "sessionTags": ["kubernetes-namespace": "n", "other": "SECRET"],
      "reason": ["SECRET"], "role": ["SECRET": "SECRET"], "caller": 7,
    ]
    let shown = ConsoleEvent.json(event, isLive: true)
    #expect(!shown.text().contains("SECRET"))
    #expect(shown["claims"]?["kubernetes.io/pod/name"] == "p")
    #expect(shown["claims"]?["aud"] == ["x"])
    #expect(shown["header"]?["kid"] == "k")
    #expect(shown["sessionTags"]?["kubernetes-namespace"] == "n")
    #expect(shown["live"] == true)
    #expect(shown["way"]?.strings == ConsoleWay.of(event).map(\.rawValue))
    #expect(shown["time"] == "2026-11-27T00:00:00.000Z" && shown["kind"] == "ok")
    #expect(
      ConsoleEvent.json(["durationMicroseconds": 7, "cached": true], isLive: false)
        == [
          "durationMicroseconds": 7, "cached": true, "kind": "failed", "weight": 70, "way": [],
          "live": false,
        ])
  }

  @Test(
    "what became of a call",
    arguments: [
      (["outcome": "ok"], "ok"), (["outcome": "ok", "fault": "f1"], "fault"),
      (["outcome": "skipped", "check": "association"], "skipped"),
      (["outcome": "ThrottlingException", "check": "fault"], "fault"),
      (["outcome": "AccessDenied", "check": "identity-policy"], "denied"),
      (["outcome": "400", "check": "eks-auth"], "denied"),
      (["outcome": "500", "check": "eks-auth"], "failed"),
      (["outcome": "NoSuchKey", "check": "key"], "failed"),
      (["outcome": "InternalError"], "failed"),
    ] as [(JSON, String)])
  func kinds(event: JSON, kind: String) {
    #expect(ConsoleEvent.kind(event) == kind)
  }

  @Test(
    "events travel along the arrows of those who take part",
    arguments: [
      (
        [
          "service": "aws-api", "operation": "PutObject",
          "caller": "arn:aws:sts::1:assumed-role/r/s",
        ],
        [.appAWS]
      ),
      (
        [
          "service": "aws-api", "operation": "PutObject", "bucket": "b",
          "caller": "arn:aws:sts::1:assumed-role/r/s",
        ],
        [.appAWS, .awsS3]
      ),
      (
        [
          "service": "aws-api", "operation": "HeadBucket", "bucket": "b",
          "caller": "arn:aws:iam::1:root",
        ],
        [.clientsAWS, .awsS3]
      ),
      (
        ["service": "aws-api", "operation": "GetRole", "caller": "arn:aws:iam::1:root"],
        [.clientsAWS, .awsStore]
      ),
      (["service": "aws-api", "operation": "AssumeRoleForPodIdentity"], [.nodeAWS, .awsStore]),
      (["service": "kubernetes-api", "operation": "TokenRequest"], [.clientsKubernetes]),
      (
        ["service": "kubernetes-api", "operation": "TokenRequest", "subject": ["pod": "p"]],
        [.nodeKubernetes]
      ),
      (["service": "node-agent", "operation": "GetCredentials"], [.appNode]),
      (["service": "somebody", "operation": "Something"], []),
    ] as [(JSON, [ConsoleArrow])])
  func ways(event: JSON, way: [ConsoleArrow]) {
    #expect(ConsoleWay.of(event) == way)
  }

  @Test("every arrow is drawn in both pictures", arguments: ConsoleArrow.allCases)
  func arrows(arrow: ConsoleArrow) {
    for drawing in [ConsolePage.wide, ConsolePage.narrow] {
      #expect(drawing.contains("data-arrow=\"\(arrow.rawValue)\""))
    }
  }

  @Test("every button of the page has a rule, and every rule a button")
  func buttons() {
    for name in ConsoleFaults.rules.map(\.name) + ["clear"] {
      #expect(ConsolePage.html.contains("data-fault=\"\(name)\""))
    }
    let count = ConsolePage.html.split(separator: "data-fault=").count - 1
    #expect(count == ConsoleFaults.rules.count + 1)
  }

  @Test("every button says what it does, and for how many calls", arguments: ConsoleFaults.rules)
  func titles(button: ConsoleFaults.Button) {
    #expect(button.title.count > 20 && !button.title.contains("\""))
    #expect(ConsolePage.html.contains("title=\"\(button.title)\"><b>\(button.label)</b>"))
    #expect(button.usual == (button.rule["count"] == 1 ? "next call" : "every call"))
  }

  @Test("S3, the public keys and a place for a moved clock are drawn in both pictures")
  func drawn() {
    for drawing in [ConsolePage.wide, ConsolePage.narrow] {
      for text in ["data-node=\"s3\"", ">S3<", "(JWKS)", "data-node=\"clock\"", "public keys"] {
        #expect(drawing.contains(text), "\(text)")
      }
    }
  }

  @Test("the page has neither inline script nor style nor markup made of text")
  func page() {
    for word in ["style=", "<style", "onclick", "javascript:", "http://", "https://"] {
      #expect(!ConsolePage.html.contains(word), "\(word)")
      #expect(!ConsoleClosedPage.html.contains(word), "\(word)")
    }
    for word in ["url(http", "@import", "//"] {
      #expect(!ConsolePage.css.contains(word), "\(word)")
    }
    for word in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("] {
      #expect(!ConsolePage.script.contains(word), "\(word)")
    }
  }

  @Test("events that come again after a broken stream are passed over, a restart's are not")
  func place() {
    func event(_ time: String, _ number: Int64) -> JSON {
      ["time": .string(time), "number": .integer(number)]
    }
    var place = EventPlace()
    for (time, number) in [("T1", 1), ("T1", 3), ("T1", 2)] as [(String, Int64)] {
      place.advance(to: event(time, number))
    }
    #expect([1, 2, 3].allSatisfy { !place.isBefore(event("T1", $0)) })
    #expect(place.isBefore(event("T1", 4)) && place.isBefore(event("T2", 1)))
  }
}
