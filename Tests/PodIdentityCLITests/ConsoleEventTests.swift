import JSON
import Testing

@testable import PodIdentityCLI

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
    for drawing in [ConsoleDiagram.wide, ConsoleDiagram.narrow] {
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

  @Test("the page has neither inline script nor style nor markup made of text")
  func page() {
    for word in ["style=", "<style", "onclick", "javascript:", "http://", "https://"] {
      #expect(!ConsolePage.html.contains(word), "\(word)")
    }
    for source in [ConsoleScript.source, ConsoleCards.source, ConsoleMotion.source] {
      for word in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("] {
        #expect(!source.contains(word), "\(word)")
      }
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
