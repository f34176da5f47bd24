// What the program's requests for credentials are like.

extension Diagnosis {
  /// Whether the program asks on loopback at all, and gets what works.
  var loopback: Finding {
    guard case .seen(let url, let seen)? = outcomes[.plain] else {
      return .unknown(.loopback, "the program did not run")
    }
    guard seen.fetches.isEmpty else { return address(.loopback, .plain) }
    if seen.malformed > 0 {
      return .unknown(.loopback, "what it sent to \(url) is no valid HTTP")
    }
    let others = seen.calls.isEmpty ? "" : "; it signs its calls with other credentials, or not"
    return .fail(
      .loopback, "it never asked \(url)\(others) (\(ending(seen)))",
      advice: "let it use its SDK's default credential chain, without keys or profiles of its own; "
        + "\(Advice.update); podid test --service-account NAME -- CMD shows what it prints")
  }

  /// Whether an address is accepted, and leads to credentials that work.
  package func address(_ probe: Probe, _ trial: Trial) -> Finding {
    switch outcomes[trial] {
    case .impossible(let reason)?: return .unknown(probe, reason)
    case .judged(let findings)?:
      return findings.first { $0.probe == probe } ?? .unknown(probe, "it was not tried")
    case nil: return .unknown(probe, "it was not tried")
    case .seen(let url, let seen)?:
      guard let last = seen.fetches.last else {
        if Trial.inside.contains(trial), sightings(of: .insideLoopback)?.fetches.isEmpty == true {
          return .unknown(
            probe,
            "where this is tried, it asks on loopback neither: it may need the machine's network, "
              + "or another user than root (\(ending(seen)))")
        }
        return .fail(
          probe, "it never asked \(url), though it asks on loopback (\(ending(seen)))",
          advice: "its SDK refuses this address: \(Advice.update)")
      }
      // What the token's own line tells is no objection to the address.
      let token = last.form == .raw ? "" : " (its token was put right on the way)"
      if seen.hasGoodCall {
        return .pass(probe, "credentials of \(url) work\(token)")
      }
      if let status = last.status, status != 200 {
        return .fail(
          probe, "\(url) answered it \(status) (\(ending(seen)))",
          advice: "podid test --service-account NAME -- CMD shows what it prints")
      }
      if seen.calls.contains(where: \.isOwn) {
        return .fail(
          probe, "AWS refused the calls that it signed with the credentials of \(url)",
          advice: "its clock or its way to sign is wrong: \(Advice.update)")
      }
      if !seen.calls.isEmpty {
        return .fail(
          probe, "it fetched credentials from \(url), and signs its calls with others, or not",
          advice: "let it use its SDK's default credential chain alone")
      }
      return .unknown(
        probe, "it fetched credentials from \(url), and made no call of AWS here (\(ending(seen)))",
        advice: "give a program that makes calls; SDKs that do not know AWS_ENDPOINT_URL make them "
          + "at the real AWS, and are to be given its endpoint in code")
    }
  }

  /// Whether the token comes as the agent wants it, in every trial.
  var rawToken: Finding {
    let runs = Trial.allCases.compactMap(sightings)
    let forms = Set(runs.flatMap(\.fetches).map(\.form))
    if forms.contains(.missing) {
      return .fail(
        .rawToken, "it sends no Authorization header",
        advice: "its SDK does not know AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: \(Advice.update)")
    }
    if forms.contains(.bearer) {
      return .fail(
        .rawToken, "it sends \"Bearer\" in front of the token",
        advice: "the Authorization header must be the token file's content and nothing else")
    }
    if forms.contains(.other) || sightings(of: .plain)?.malformed ?? 0 > 0 {
      return .fail(
        .rawToken, "what it sends in the Authorization header is not the token alone",
        advice: "send the token file's content, without a line feed or anything else around it")
    }
    return .pass(.rawToken, "it sends the token as it is")
  }
}
