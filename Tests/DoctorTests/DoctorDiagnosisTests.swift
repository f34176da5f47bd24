import JSON
import Platform
import Testing

@testable import CommandCore
@testable import Doctor

/// What `podid doctor` makes of what it saw.
@Suite struct DoctorDiagnosisTests {
  private static let url = "http://127.0.0.1:1/v1/credentials"
  private static let start = Instant(seconds: 1_795_500_000)

  private static func fetch(_ form: PresentedToken.Form = .raw) -> Sightings.Fetch {
    Sightings.Fetch(time: start, form: form, status: 200)
  }

  private static func call(
    after seconds: Int64 = 1, isOwn: Bool = true, isExpired: Bool = false, isAccepted: Bool = true
  ) -> Sightings.Call {
    Sightings.Call(
      time: start + .seconds(seconds), isOwn: isOwn, isExpired: isExpired, isAccepted: isAccepted)
  }

  private static var good: Sightings {
    Sightings(fetches: [fetch()], calls: [call()], firstExpiry: start + .seconds(20))
  }

  private func finding(_ probe: Probe, _ seen: [Trial: Sightings]) -> Finding? {
    let outcomes = seen.mapValues { Diagnosis.Outcome.seen(url: Self.url, $0) }
    return Diagnosis(outcomes: outcomes, timeout: "45s").findings.first { $0.probe == probe }
  }

  @Test("there is a line for each probe, in order")
  func lines() {
    let findings = Diagnosis(outcomes: [.plain: .seen(url: Self.url, Self.good)], timeout: "45s")
      .findings
    #expect(findings.map(\.probe) == Probe.allCases)
    #expect(findings.first?.result == .pass)
  }

  @Test("a program that asks for nothing fails one line, and shows nothing of the others")
  func asksNothing() {
    let nothing = Sightings(calls: [Self.call(isOwn: false)], exitCode: 0)
    let findings = Diagnosis(
      outcomes: [.plain: .seen(url: Self.url, nothing), .refresh: .seen(url: Self.url, Self.good)],
      timeout: "45s"
    ).findings
    #expect(findings.map(\.result) == [.fail] + Array(repeating: .unknown, count: 9))
    #expect(findings[0].text.contains("it signs its calls with other credentials"))
  }

  @Test("a request that is no HTTP is the token's fault")
  func malformed() {
    let seen = [Trial.plain: Sightings(malformed: 1, exitCode: 0)]
    #expect(finding(.loopback, seen)?.result == .unknown)
    #expect(finding(.rawToken, seen)?.result == .fail)
    #expect(finding(.refresh, seen)?.text.contains("no valid HTTP") == true)
  }

  @Test(
    "the form of the token",
    arguments: [
      (PresentedToken.Form.raw, Finding.Result.pass), (.bearer, .fail), (.missing, .fail),
      (.other, .fail),
    ])
  func token(form: PresentedToken.Form, result: Finding.Result) {
    var seen = Self.good
    seen.fetches = [Self.fetch(form)]
    #expect(finding(.rawToken, [.plain: seen])?.result == result)
    // It is put right on the way, so that nothing else fails for it.
    #expect(finding(.loopback, [.plain: seen])?.result == .pass)
  }

  @Test("an address that is not asked is refused, one that this machine lacks is not told of")
  func addresses() {
    let refused = Sightings(exitCode: 1)
    let seen = [Trial.plain: Self.good, .linkLocalIPv4: refused]
    #expect(finding(.linkLocalIPv4, seen)?.result == .fail)
    #expect(finding(.linkLocalIPv4, seen)?.advice?.contains("--sdk-versions") == true)
    let outcomes: [Trial: Diagnosis.Outcome] = [
      .plain: .seen(url: Self.url, Self.good), .linkLocalIPv6: .impossible("no IPv6 here"),
    ]
    let findings = Diagnosis(outcomes: outcomes, timeout: "45s").findings
    #expect(findings[2] == .unknown(.linkLocalIPv6, "no IPv6 here"))
  }

  @Test("a rotated token, an old one, and a program that does not last")
  func rotation() {
    var seen = Self.good
    seen.exitCode = 0
    let short = finding(.tokenRotation, [.plain: Self.good, .rotation: seen])
    #expect(short?.result == .unknown)
    #expect(short?.advice == "give a program that goes on making calls")
    var new = Self.fetch()
    new.isRotated = true
    seen.fetches.append(new)
    #expect(finding(.tokenRotation, [.plain: Self.good, .rotation: seen])?.result == .pass)
    var old = Self.fetch()
    (old.isCurrent, old.isStale) = (false, true)
    seen.fetches.append(old)
    #expect(finding(.tokenRotation, [.plain: Self.good, .rotation: seen])?.result == .fail)
  }

  @Test("credentials that are refreshed, and such that are kept too long")
  func refresh() {
    var seen = Self.good
    seen.isOver = true
    #expect(finding(.refresh, [.plain: Self.good, .refresh: seen])?.result == .unknown)
    #expect(!seen.isEnough(for: .refresh))
    seen.calls.append(Self.call(after: 21))
    #expect(finding(.refresh, [.plain: Self.good, .refresh: seen])?.result == .pass)
    #expect(seen.isEnough(for: .refresh))
    seen.calls.append(Self.call(after: 22, isExpired: true, isAccepted: false))
    #expect(finding(.refresh, [.plain: Self.good, .refresh: seen])?.result == .fail)
  }

  @Test(
    "faults are got over, or not",
    arguments: [
      (Probe.serverError, Trial.serverError), (.throttle, .throttle), (.agentRestart, .restart),
    ])
  func faults(probe: Probe, trial: Trial) {
    var seen = Sightings(fetches: [Self.fetch()], exitCode: 1)
    #expect(finding(probe, [.plain: Self.good, trial: seen])?.result == .unknown)
    seen.metFault = true
    let gaveUp = finding(probe, [.plain: Self.good, trial: seen])
    #expect(gaveUp?.result == .fail)
    #expect(gaveUp?.text.contains("did not ask again (it ended with 1)") == true)
    seen.fetches.append(Self.fetch())
    #expect(finding(probe, [.plain: Self.good, trial: seen])?.result == .fail)
    seen.calls = [Self.call()]
    #expect(finding(probe, [.plain: Self.good, trial: seen])?.result == .pass)
  }

  @Test("what a proxy is asked counts wherever there is one")
  func proxy() {
    var asked = Self.good
    asked.proxiedFetches = 1
    #expect(finding(.noProxy, [.plain: Self.good, .proxied: asked])?.result == .fail)
    #expect(finding(.noProxy, [.plain: Self.good, .proxied: Self.good])?.result == .pass)
    // Loopback is asked directly by some SDKs whatever they are told.
    let inside = [Finding.fail(.noProxy, "x", advice: "y")]
    let findings = Diagnosis(
      outcomes: [
        .plain: .seen(url: Self.url, Self.good), .proxied: .seen(url: Self.url, Self.good),
        .linkLocalIPv4: .judged(inside),
      ], timeout: "45s"
    ).findings
    #expect(findings.last == inside[0])
  }

  @Test("findings go through JSON unchanged")
  func json() {
    for finding in [
      Finding.pass(.loopback, "a"), .fail(.refresh, "b", advice: "c"), .unknown(.noProxy, "d"),
    ] { #expect(Finding(json: finding.json) == finding) }
    #expect(Finding(json: ["probe": "nosuch", "result": "pass", "text": ""]) == nil)
  }
}
