package import JSON

/// The faults that are set at the servers of a stack, at one moment.
package struct StackFaults: Sendable {
  /// One of them.
  package struct Fault: Sendable {
    /// The name of the server that has it, such as `node-agent`.
    package let service: String
    /// Its id, unique within the server.
    package let id: String
    /// The rule in a line, without how often it was met.
    package let text: String
    /// How many calls met it.
    let met: Int64
    /// Whether no further call will meet it.
    package let isSpent: Bool

    /// The command that ends it.
    package var mend: MendCommand { .podid("fault clear \(Mend.word(id))") }
    /// What there is to know of it.
    package var notice: String { "\(service) has a fault set: \(text)" }
  }

  /// The faults in the order of the servers, and of each server's list.
  package let all: [Fault]
  /// Those that calls can still meet.
  package var active: [Fault] { all.filter { !$0.isSpent } }

  /// Whether a fault of the admin port has been met as often as it was to be.
  package static func isSpent(_ json: JSON) -> Bool {
    guard let count = json["count"]?.integer, let met = json["met"]?.integer else { return false }
    return met >= count
  }

  /// Reads them; a server that does not tell within a time has none.
  package static func read(
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
  package func metSince(_ earlier: StackFaults) -> [Fault] {
    all.filter { fault in
      let before = earlier.all.first {
        $0.service.bytes == fault.service.bytes && $0.id.bytes == fault.id.bytes
      }
      return fault.met > (before?.met ?? 0)
    }
  }
}
