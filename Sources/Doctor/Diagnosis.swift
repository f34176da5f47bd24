/// Judges by what was seen in the trials; it knows nothing of how they are run.
package struct Diagnosis: Sendable {
  /// What a trial came to.
  package enum Outcome: Sendable {
    /// It ran; the URL is the one that the program was told.
    case seen(url: String, Sightings)
    /// It could not be run here, for this reason.
    case impossible(String)
    /// Another process of podid ran it, and judged.
    case judged([Finding])
  }

  let outcomes: [Trial: Outcome]
  /// How long a trial was given, such as `45s`.
  let timeout: String

  /// A line for each probe, in their order.
  var findings: [Finding] {
    let plain = sightings(of: .plain)
    let findings = [
      loopback, address(.linkLocalIPv4, .linkLocalIPv4), address(.linkLocalIPv6, .linkLocalIPv6),
      rawToken, rotation, refresh, afterFault(.serverError, .serverError, "a 500"),
      afterFault(.throttle, .throttle, "a 429"),
      afterFault(.agentRestart, .restart, "the agent's restart"), noProxy,
    ]
    guard let plain, plain.fetches.isEmpty else { return findings }
    // Who asks for nothing shows nothing.
    let reason =
      plain.malformed > 0
      ? "its request for credentials is no valid HTTP" : "it asked for no credentials"
    return findings.map { finding in
      if finding.probe == .loopback { return finding }
      if finding.probe == .rawToken, plain.malformed > 0 { return finding }
      return .unknown(finding.probe, "\(reason), so this could not be told")
    }
  }

  /// What was seen in a trial; nil where none was run.
  func sightings(of trial: Trial) -> Sightings? {
    if case .seen(_, let sightings)? = outcomes[trial] { return sightings }
    return nil
  }

  /// How a run came to its end, in words.
  func ending(_ seen: Sightings) -> String {
    seen.exitCode.map { "it ended with \($0)" } ?? "it ran for \(timeout)"
  }
}

/// Words that several findings share.
enum Advice {
  static let update =
    "update the SDK; podid doctor --sdk-versions names the first versions that know Pod Identity"
}
