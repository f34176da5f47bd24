import Glibc
import HTTP
import JSON
import Kubelet
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import Doctor

/// What `podid doctor` notes of requests.
@Suite struct DoctorRecordTests {
  @Test(
    "how a token is presented",
    arguments: [
      (["a.b.c"], PresentedToken.Form.raw, "a.b.c"), (["Bearer a.b.c"], .bearer, "a.b.c"),
      (["bearer  a.b.c"], .bearer, "a.b.c"), ([], .missing, ""), ([""], .missing, ""),
      (["a.b"], .other, "a.b"), (["a.b.c d"], .other, "a.b.c d"), (["a..c"], .other, "a..c"),
      (["a.b.c", "a.b.c"], .other, ""),
    ])
  func form(values: [String], form: PresentedToken.Form, text: String) {
    let token = PresentedToken(values)
    #expect(token.form == form)
    #expect(token.text == text)
  }

  @Test("a token is the file's where its bytes are")
  func bytes() {
    let clock = ManualClock()
    let record = TrialRecord(clock: clock)
    let current = CurrentToken(text: "a.b.caf\u{E9}", written: clock.now)
    let given = PresentedToken(["Bearer a.b.cafe\u{301}"])
    _ = record.note(fetch: given, current: current, hasFault: false)
    #expect(record.sightings.fetches.map(\.isCurrent) == [false])
    #expect(PresentedToken(["Bearer \u{301}"]).form == .bearer)
  }

  @Test("an old token is stale once the file has had another for a while, and not before")
  func staleness() throws {
    let clock = ManualClock()
    let record = TrialRecord(clock: clock)
    let old = CurrentToken(text: "a.b.old", written: clock.now)
    _ = record.note(fetch: PresentedToken([old.text]), current: old, hasFault: false)
    clock.advance(by: .seconds(10))
    let new = CurrentToken(text: "a.b.new", written: clock.now)
    clock.advance(by: .seconds(1))
    // It was read just before the file changed.
    _ = record.note(fetch: PresentedToken([old.text]), current: new, hasFault: false)
    clock.advance(by: .seconds(2))
    _ = record.note(fetch: PresentedToken([old.text]), current: new, hasFault: false)
    _ = record.note(fetch: PresentedToken([new.text]), current: new, hasFault: false)
    let fetches = record.sightings.fetches
    #expect(fetches.map(\.isStale) == [false, false, true, false])
    #expect(fetches.map(\.isRotated) == [false, false, false, true])
    #expect(fetches.map(\.isCurrent) == [true, false, false, true])
  }

  @Test("a token that changes between the first requests is no rotation; a later one is")
  func rotationAtTheStart() {
    let clock = ManualClock()
    let record = TrialRecord(clock: clock)
    func fetch(_ text: String) {
      let token = CurrentToken(text: text, written: clock.now)
      _ = record.note(fetch: PresentedToken([text]), current: token, hasFault: false)
    }
    fetch("a.b.first")
    clock.advance(by: .milliseconds(300))
    fetch("a.b.second")
    #expect(!record.sightings.isEnough(for: .rotation))
    clock.advance(by: .seconds(6))
    fetch("a.b.second")
    #expect(!record.sightings.isEnough(for: .rotation))
    fetch("a.b.third")
    #expect(record.sightings.fetches.map(\.isRotated) == [false, false, false, true])
    #expect(record.sightings.isEnough(for: .rotation))
  }

  @Test("calls are known by the key that they are signed with, and expired to the nanosecond")
  func calls() {
    let clock = ManualClock()
    let record = TrialRecord(clock: clock)
    let end = clock.now + .seconds(20)
    let body: JSON = ["AccessKeyId": "ASIAOWN", "Expiration": .string(end.rfc3339)]
    let first = record.note(fetch: PresentedToken(["a.b.c"]), current: nil, hasFault: true)
    let second = record.note(fetch: PresentedToken(["a.b.c"]), current: nil, hasFault: true)
    #expect(first.meetsFault && !second.meetsFault)
    record.note(answer: 200, body: body.bytes(), to: second.number)
    record.note(call: "ASIAOWN", at: end - .nanoseconds(1), isAccepted: true)
    record.note(call: "ASIAOWN", at: end, isAccepted: false)
    record.note(call: "ASIAFOREIGN", at: clock.now, isAccepted: true)
    record.note(call: nil, at: clock.now, isAccepted: false)
    let seen = record.sightings
    #expect(seen.firstExpiry == end)
    #expect(seen.calls.map(\.isOwn) == [true, true, false, false])
    #expect(seen.calls.map(\.isExpired) == [false, true, false, false])
    #expect(seen.calls.map(\.isGood) == [true, false, false, false])
  }

  @Test(
    "a signature is taken where the call itself is refused",
    arguments: [
      (200, "", true), (403, "<Code>AccessDenied</Code>", true), (501, "NotImplemented", true),
      (403, "<Code>ExpiredToken</Code>", false), (403, "<Code>SignatureDoesNotMatch</Code>", false),
      (403, "<Code>InvalidClientTokenId</Code>", false), (502, "", false),
    ])
  func accepted(status: Int, body: String, isAccepted: Bool) {
    #expect(AWSFront.isAccepted(.text(status, body)) == isAccepted)
  }

  @Test("the proxy notes who asks it for credentials, and leads nowhere else")
  func proxy() async {
    let record = TrialRecord(clock: ManualClock())
    let agent = ClosureHandler { .text(200, $0.target) }
    let proxy = TrialProxy(
      record: record, agent: "169.254.170.23:80", servers: ["169.254.170.23:80": agent])
    let through = await proxy.respond(
      to: HTTPRequest(target: "http://169.254.170.23/v1/credentials"))
    #expect(through.status == 200)
    #expect(through.bodyBytes == Array("/v1/credentials".utf8))
    for (method, target) in [
      ("GET", "http://169.254.169.254/latest"), ("CONNECT", "sts.amazonaws.com:443"),
      ("GET", "/v1/credentials"),
    ] {
      let answer = await proxy.respond(to: HTTPRequest(method: method, target: target))
      #expect(answer.status == 502)
    }
    #expect(record.sightings.proxiedFetches == 1)
  }

  @Test("a container gets the pod's files where a pod has them, and variables by name")
  func container() {
    let pod: JSON = [
      "metadata": ["namespace": "n", "name": "p"],
      "spec": [
        "volumes": [["name": "v", "emptyDir": [:]]],
        "containers": [["volumeMounts": [["name": "v", "mountPath": "/var/run/x"]]]],
      ],
    ]
    let mounts = PodMounts(pod: pod, root: "/state/pods")
    let container = ContainerCommand(
      image: ContainerImage(name: "i:1", user: "7:8"), name: "c", variables: ["B", "A"],
      mounts: mounts)
    #expect(
      container.words(running: ["cmd", "-x"]) == [
        "docker", "run", "--rm", "--init", "--network", "host", "--name", "c", "--user", "7:8",
        "--env", "A", "--env", "B", "--volume", "/state/pods/n/p/var/run/x:/var/run/x:ro", "i:1",
        "cmd", "-x",
      ])
    #expect(ContainerCommand.inside("/state/pods/n/p/var/run/x/t", of: mounts) == "/var/run/x/t")
    #expect(ContainerCommand.inside("/elsewhere", of: mounts) == "/elsewhere")
  }

  @Test("each SDK of the table has a version")
  func versions() {
    #expect(SDKVersions.lines.count == 14)
    #expect(SDKVersions.lines.contains("boto3, botocore   1.34.41"))
  }
}
