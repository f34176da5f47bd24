import JSON

/// The faults that are set at the servers of a stack, at one moment.
struct StackFaults: Sendable {
  /// One of them.
  struct Fault: Sendable, Hashable {
    let service: String
    let id: String
    let text: String
    /// How many calls met it.
    let met: Int64
    /// Whether no further call will meet it.
    let isSpent: Bool

    /// The command that ends it.
    var mend: String { "podid fault clear \(Mend.word(id))" }
    /// What there is to know of it.
    var notice: String { "\(service) has a fault set: \(text)" }
    /// The fault as a warning.
    var warning: ExplainWarning { ExplainWarning(hop: "fault", text: notice, mend: mend) }
  }

  let all: [Fault]
  /// Those that calls can still meet.
  var active: [Fault] { all.filter { !$0.isSpent } }

  /// Whether a fault of the admin port has been met as often as it was to be.
  static func isSpent(_ json: JSON) -> Bool {
    guard let count = json["count"]?.integer, let met = json["met"]?.integer else { return false }
    return met >= count
  }

  /// Reads them; a server that does not tell within a time has none.
  static func read(
    _ admins: [AdminClient], timeout: Duration = .seconds(10)
  ) async -> StackFaults {
    var found: [Fault] = []
    for admin in admins {
      let list = try? await admin.send("GET", "/faults", timeout: timeout)
      for json in list?["faults"]?.array ?? [] {
        var shown = json.object ?? [:]
        shown["calls"] = nil
        shown["met"] = nil
        found.append(
          Fault(
            service: admin.server.service, id: json["id"]?.string ?? "",
            text: FaultRule.text(.object(shown)), met: json["met"]?.integer ?? 0,
            isSpent: isSpent(json)))
      }
    }
    return StackFaults(all: found)
  }

  /// Those that were met since an earlier moment.
  func metSince(_ earlier: StackFaults) -> [Fault] {
    all.filter { fault in
      let before = earlier.all.first { $0.service == fault.service && $0.id == fault.id }
      return fault.met > (before?.met ?? 0)
    }
  }
}

extension ExplainStop {
  /// The stop, whose cause is a fault where one was met and nothing else is known to be wrong.
  func blaming(_ faults: [StackFaults.Fault]) -> ExplainStop {
    // What is told of the hops before was read, not tried.
    let wasTried = ["token", "EKS Auth", "agent", "STS", "node"].contains(step.hop)
    guard wasTried || step.mend == "podid status", let fault = faults.last else { return self }
    return ExplainStop(
      step.hop, "\(step.text); this is the fault that \(fault.service) has set: \(fault.text)",
      mend: fault.mend)
  }
}
