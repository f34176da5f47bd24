import HTTP
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// The names in a filter, held against what the servers of a stack have.
@Suite(.timeLimit(.minutes(10))) struct EventNamesTests {
  private static let answers: [String: JSON] = [
    "GET /k/faults": ["operations": ["watch pods"], "outcomes": ["Forbidden"], "faults": []],
    "GET /a/faults": [
      "operations": ["GetObject"], "outcomes": ["AccessDenied"],
      "faults": [["id": "f", "action": "error", "code": "MadeUp"]],
    ],
    "GET /n/faults": ["operations": ["GetCredentials"], "outcomes": [], "faults": []],
  ]

  /// What a filter of these words says of a stack that answers so; nil where it has nothing against it.
  private func objection(
    _ words: [String], _ answers: [String: JSON] = Self.answers, event: String? = nil
  ) async throws -> String? {
    let stack = try StandInStack { call in
      if call == "GET /n/events?since=0", let event { return .text(200, event) }
      return answers[call].map { .json(200, $0) }
    }
    let context = try CommandContext.of(.events, words, stack.environment.byBytes)
    let filter = try EventFilter(context.arguments, now: Instant(seconds: 0))
    let admins = context.admins(try context.stack())
    do throws(UsageError) { try await filter.check(at: admins) } catch {
      return error.description
    }
    return nil
  }

  @Test(
    "what some server has, or had, is a name",
    arguments: [
      [], ["--operation", "VolumesWritten"], ["--operation", "watch pods"],
      ["--operation", "GetObject"], ["--outcome", "ok"], ["--outcome", "refused"],
      ["--outcome", "Forbidden"], ["--outcome", "AccessDenied"], ["--outcome", "MadeUp"],
      ["--outcome", "200"], ["--outcome", "403"], ["--outcome", "599"], ["--outcome", "Seen"],
      ["--operation", "GetObject", "--outcome", "AccessDenied"],
    ])
  func known(words: [String]) async throws {
    #expect(try await objection(words, event: #"{"outcome":"Seen"}"# + "\n") == nil)
  }

  @Test(
    "what none has is refused, with the likely one",
    arguments: [
      (
        ["--operation", "GetObjekt"], #"no server has an operation "GetObjekt", but "GetObject"; "#
      ),
      (["--operation", "Nothing"], #"no server has an operation "Nothing"; there are "#),
      (
        ["--outcome", "AccesDenied"], #"no call ends in "AccesDenied", but "AccessDenied"; there "#
      ),
      (["--outcome", "Nothing"], #"no call ends in "Nothing"; there are ok, refused, fault, "#),
      (["--outcome", "199"], #"no call ends in "199""#),
      (["--outcome", "600"], #"no call ends in "600""#),
      (["--outcome", "0403"], #"no call ends in "0403""#),
      (["--outcome", "+403"], #"no call ends in "+403""#),
      (["--outcome", "403", "--operation", "GetObjekt"], "no server has an operation"),
      (["--outcome", "Nothing", "--operation", "GetObject"], "no call ends in"),
    ])
  func unknown(words: [String], text: String) async throws {
    let found = try await objection(words)
    #expect(found?.hasPrefix("podid events: \(text)") == true)
  }

  @Test("a server that is away, or does not tell, may have any name", arguments: ["k", "a", "n"])
  func away(name: String) async throws {
    var answers = Self.answers
    answers["GET /\(name)/faults"] = nil
    #expect(try await objection(["--operation", "Nothing"], answers) == nil)
    #expect(try await objection(["--outcome", "Nothing"], answers) == nil)
    // One of another version has operations, and tells no outcomes.
    answers["GET /\(name)/faults"] = ["operations": ["x"]]
    #expect(try await objection(["--outcome", "Nothing"], answers) == nil)
    #expect(try await objection(["--operation", "Nothing"], answers) != nil)
  }

  @Test(
    "a ServiceAccount is one of the cluster, or of an event; where the cluster is away, any",
    arguments: [
      ("app", true, nil), ("old", true, nil),
      ("apq", true, #"there is no ServiceAccount "default/apq", but "default/app"; kubectl get "#),
      ("x/app", true, #"there is no ServiceAccount "x/app", but "default/app"; kubectl get "#),
      ("else", true, #"there is no ServiceAccount "default/else"; kubectl get serviceaccounts -A"#),
      ("else", false, nil),
    ] as [(String, Bool, String?)])
  func accounts(name: String, isThere: Bool, text: String?) async throws {
    let stack = try StandInStack { call in
      if call == "GET /n/events?since=0" {
        return .text(200, #"{"subject":{"namespace":"default","serviceAccount":"old"}}"# + "\n")
      }
      guard isThere, call == "GET /api/v1/serviceaccounts" else { return nil }
      return .json(200, ["items": [["metadata": ["namespace": "default", "name": "app"]]]])
    }
    let context = try CommandContext.of(
      .events, ["--service-account", name], stack.environment.byBytes)
    let filter = try EventFilter(context.arguments, now: Instant(seconds: 0))
    let info = try context.stack()
    let (admins, kubernetes) = (context.admins(info), try context.kubernetes(info))
    if let text {
      let error = await #expect(throws: UsageError.self) {
        try await filter.checkAccount(at: admins, kubernetes)
      }
      #expect(error?.description.hasPrefix("podid events: \(text)") == true)
    } else {
      try await filter.checkAccount(at: admins, kubernetes)
    }
  }
}
