import Platform
import Testing

@testable import CommandCore
@testable import Doctor

/// What `podid doctor` says of a program as time passes and things go wrong.
@Suite struct EnduranceFindingTests {
  private static let url = "http://127.0.0.1:1/v1/credentials"
  private static let start = Instant(seconds: 1_795_500_000)

  private static func fetch(
    _ form: PresentedToken.Form = .raw, isCurrent: Bool = true, isRotated: Bool = false,
    status: Int? = 200
  ) -> Sightings.Fetch {
    Sightings.Fetch(
      time: start, form: form, isCurrent: isCurrent, isRotated: isRotated, status: status)
  }

  private static func call(
    after seconds: Int64 = 1, isExpired: Bool = false, isAccepted: Bool = true
  ) -> Sightings.Call {
    Sightings.Call(
      time: start + .seconds(seconds), isOwn: true, isExpired: isExpired, isAccepted: isAccepted)
  }

  private func diagnosis(_ seen: [Trial: Sightings]) -> Diagnosis {
    Diagnosis(
      outcomes: seen.mapValues { .seen(url: Self.url, $0) }, timeout: "45s")
  }

  @Test("what was not tried is told as that, in every line")
  func untried() {
    let none = diagnosis([:])
    for finding in [
      none.rotation, none.refresh, none.afterFault(.throttle, .throttle, "a 429"), none.noProxy,
    ] {
      #expect(finding.result == .unknown && finding.text == "it was not tried")
    }
    #expect(none.loopback.text == "the program did not run")
  }

  @Test("rotation: a token that is new and not the file's shows nothing, nor does none at all")
  func rotation() {
    let odd = diagnosis([
      .rotation: Sightings(fetches: [Self.fetch(isCurrent: false, isRotated: true)])
    ])
    #expect(odd.rotation.result == .unknown)
    #expect(odd.rotation.text == "it asked for nothing more within 45s")
    #expect(odd.rotation.advice?.contains("a longer --timeout") == true)
    let bare = diagnosis([.rotation: Sightings(fetches: [Self.fetch(.missing)])])
    #expect(bare.rotation.text == "it sends no token" && bare.rotation.result == .unknown)
    let mixed = diagnosis([
      .rotation: Sightings(fetches: [Self.fetch(.missing), Self.fetch()], exitCode: 0)
    ])
    #expect(mixed.rotation.text == "it ended before the token was rotated")
    let silent = diagnosis([.rotation: Sightings(exitCode: 0)])
    #expect(silent.rotation.text == "it ended before the token was rotated")
    #expect(
      diagnosis([.refresh: Sightings(exitCode: 0)]).refresh.text
        == "it ended before its credentials were due")
  }

  @Test("refresh: only a good call after the first credentials' very end outlives them")
  func outlives() {
    func outlived(_ call: Sightings.Call, end: Instant? = Self.start + .seconds(20)) -> Bool {
      Sightings(calls: [call], firstExpiry: end).outlivedCredentials
    }
    #expect(outlived(Self.call(after: 21)) && !outlived(Self.call(after: 20)))
    #expect(!outlived(Self.call(after: 21, isAccepted: false)))
    #expect(!outlived(Self.call(after: 21, isExpired: true)))
    #expect(!outlived(Self.call(after: 21), end: nil))
  }

  @Test("after a fault: what it asked again is told apart from what it called")
  func afterFault() {
    var seen = Sightings(fetches: [Self.fetch(status: 500), Self.fetch()], metFault: true)
    seen.exitCode = 1
    func finding(_ plain: Sightings) -> Finding {
      diagnosis([.plain: plain, .serverError: seen]).afterFault(.serverError, .serverError, "a 500")
    }
    let mute = Sightings(fetches: [Self.fetch()])
    let good = Sightings(fetches: [Self.fetch()], calls: [Self.call()])
    #expect(finding(mute) == .pass(.serverError, "it asked again after a 500"))
    #expect(finding(good).result == .fail)
    #expect(
      finding(good).text
        == "it asked again after a 500, and made no call that worked (it ended with 1)")
    seen.fetches[1].status = 403
    #expect(
      finding(mute) == .unknown(.serverError, "it gets no credentials without a fault either"))
    seen.metFault = false
    #expect(finding(good).text == "it did not ask for credentials this time (it ended with 1)")
    #expect(seen.fetchesAfterFault.isEmpty)
  }

  @Test("a proxy: what was judged elsewhere counts, unless it could not be told there")
  func proxy() {
    let asked = Sightings(fetches: [Self.fetch()])
    func finding(_ judged: [Finding]) -> Finding {
      Diagnosis(
        outcomes: [.proxied: .seen(url: Self.url, asked), .linkLocalIPv4: .judged(judged)],
        timeout: "45s"
      ).noProxy
    }
    let direct = "it asks the agent directly while HTTP_PROXY is set"
    #expect(finding([.unknown(.noProxy, "x")]) == .pass(.noProxy, direct))
    #expect(finding([.pass(.linkLocalIPv4, "x")]) == .pass(.noProxy, direct))
    #expect(finding([.pass(.noProxy, "there")]) == .pass(.noProxy, "there"))
    let silent = diagnosis([.proxied: Sightings()])
    #expect(silent.noProxy.text == "it did not ask for credentials this time (it ran for 45s)")
  }

  @Test(
    "a trial ends as soon as nothing that could come would change what is told",
    arguments: [
      (Sightings(), []),
      (
        Sightings(calls: [call()]),
        [.plain, .linkLocalIPv4, .linkLocalIPv6, .insideLoopback, .proxied]
      ),
      (
        Sightings(calls: [call()], metFault: true),
        [
          .plain, .linkLocalIPv4, .linkLocalIPv6, .insideLoopback, .proxied, .serverError,
          .throttle, .restart,
        ]
      ),
      (Sightings(metFault: true), []), (Sightings(proxiedFetches: 1), [.proxied]),
      (Sightings(fetches: [fetch(isRotated: true)]), [.rotation]),
      (Sightings(fetches: [fetch(isCurrent: false, isRotated: true)]), []),
      (Sightings(calls: [call(isExpired: true)]), [.refresh]),
    ] as [(Sightings, [Trial])])
  func enough(seen: Sightings, trials: [Trial]) {
    #expect(Set(Trial.allCases.filter(seen.isEnough)) == Set(trials))
  }
}
