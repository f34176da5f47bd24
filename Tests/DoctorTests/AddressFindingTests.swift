import Platform
import Testing

@testable import CommandCore
@testable import Doctor

/// What `podid doctor` says of an address that a program was told.
@Suite struct AddressFindingTests {
  private static let url = "http://169.254.170.23/v1/credentials"
  private static let start = Instant(seconds: 1_795_500_000)

  private static func fetch(
    _ status: Int? = 200, _ form: PresentedToken.Form = .raw
  ) -> Sightings.Fetch { Sightings.Fetch(time: start, form: form, status: status) }

  private static func call(
    isOwn: Bool = true, isExpired: Bool = false, isAccepted: Bool = true
  ) -> Sightings.Call {
    Sightings.Call(time: start, isOwn: isOwn, isExpired: isExpired, isAccepted: isAccepted)
  }

  private func address(_ outcomes: [Trial: Diagnosis.Outcome], _ trial: Trial = .linkLocalIPv4)
    -> Finding
  {
    Diagnosis(outcomes: outcomes, timeout: "45s").address(.linkLocalIPv4, trial)
  }

  private func address(_ seen: Sightings) -> Finding {
    address([.linkLocalIPv4: .seen(url: Self.url, seen)])
  }

  @Test(
    "what it fetched and called tells whether the address works",
    arguments: [
      (Sightings(exitCode: 1), Finding.Result.fail, "it never asked \(url), though it asks on"),
      (Sightings(fetches: [fetch()], calls: [call()]), .pass, "credentials of \(url) work"),
      (
        Sightings(fetches: [fetch(200, .bearer)], calls: [call()]), .pass,
        "credentials of \(url) work (its token was put right on the way)"
      ),
      (
        Sightings(fetches: [fetch(403)], exitCode: 1), .fail,
        "\(url) answered it 403 (it ended with 1)"
      ),
      // A call that went well says more than a status.
      (Sightings(fetches: [fetch(403)], calls: [call()]), .pass, "credentials of \(url) work"),
      (
        Sightings(fetches: [fetch()], calls: [call(isAccepted: false)]), .fail,
        "AWS refused the calls that it signed with the credentials of \(url)"
      ),
      (
        Sightings(fetches: [fetch()], calls: [call(isOwn: false)]), .fail,
        "it fetched credentials from \(url), and signs its calls with others, or not"
      ),
      (
        Sightings(fetches: [fetch()]), .unknown,
        "it fetched credentials from \(url), and made no call of AWS here (it ran for 45s)"
      ),
      (Sightings(fetches: [fetch(nil)]), .unknown, "it fetched credentials from \(url), and made"),
    ])
  func seen(sightings: Sightings, result: Finding.Result, text: String) {
    let finding = address(sightings)
    #expect(finding.result == result)
    #expect(finding.text.hasPrefix(text), "\(finding.text)")
    #expect((finding.advice == nil) == (result == .pass))
  }

  @Test("what was not tried, or judged elsewhere, is told as that")
  func unseen() {
    #expect(address([:]) == .unknown(.linkLocalIPv4, "it was not tried"))
    #expect(address([.linkLocalIPv4: .impossible("no")]) == .unknown(.linkLocalIPv4, "no"))
    let judged = Finding.pass(.linkLocalIPv4, "x")
    let others = [Finding.pass(.noProxy, "y"), judged]
    #expect(address([.linkLocalIPv4: .judged(others)]) == judged)
    #expect(
      address([.linkLocalIPv4: .judged([others[0]])])
        == .unknown(.linkLocalIPv4, "it was not tried"))
  }

  @Test("where a program asks nothing at all in a network of its own, the address is not to blame")
  func inside() throws {
    let silent = Sightings(exitCode: 1)
    let trial = try #require(Trial.inside.first { $0 != .insideLoopback })
    let finding = address(
      [
        trial: .seen(url: Self.url, silent),
        .insideLoopback: .seen(url: Self.url, silent),
      ], trial)
    #expect(finding.result == .unknown)
    #expect(finding.text.hasPrefix("where this is tried, it asks on loopback neither") == true)
    let asking = address(
      [
        trial: .seen(url: Self.url, silent),
        .insideLoopback: .seen(url: Self.url, Sightings(fetches: [Self.fetch()])),
      ], trial)
    #expect(asking.result == .fail)
    // Outside of that network its silence there says nothing.
    let outside = try #require(Trial.allCases.first { !Trial.inside.contains($0) })
    let refused = address(
      [
        outside: .seen(url: Self.url, silent),
        .insideLoopback: .seen(url: Self.url, silent),
      ], outside)
    #expect(refused.result == .fail)
  }

  @Test("of all trials the worst way to present the token counts")
  func forms() {
    func finding(_ forms: [PresentedToken.Form], malformed: Int = 0) -> Finding {
      Diagnosis(
        outcomes: [
          .plain: .seen(
            url: Self.url, Sightings(fetches: [Self.fetch()], malformed: malformed)),
          .refresh: .seen(
            url: Self.url, Sightings(fetches: forms.map { Self.fetch(200, $0) })),
        ], timeout: "45s"
      ).rawToken
    }
    #expect(finding([]).result == .pass)
    #expect(finding([.raw, .missing, .bearer]).text == "it sends no Authorization header")
    #expect(finding([.raw, .other, .bearer]).text == "it sends \"Bearer\" in front of the token")
    let other = "what it sends in the Authorization header is not the token alone"
    #expect(finding([.other]).text == other)
    #expect(finding([], malformed: 1).text == other)
  }
}
