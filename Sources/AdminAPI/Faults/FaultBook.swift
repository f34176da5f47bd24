package import JSON
package import Platform
import Synchronization

/// The faults that are set at a server, kept in its state.
package final class FaultBook: Sendable {
  private struct Rule {
    var fault: Fault
    var calls = 0
    var met = 0
    var chances: Randomness

    init(_ fault: Fault) {
      self.fault = fault
      chances = .seeded(UInt64(bitPattern: fault.match.seed))
    }

    /// Counts a call that matches; true where it meets the fault.
    mutating func meets() -> Bool {
      calls += 1
      guard calls >= fault.match.nth, fault.match.count.map({ met < $0 }) ?? true else {
        return false
      }
      guard
        fault.match.probability >= 1
          || Double(chances.integer(in: 0...999_999)) < fault.match.probability * 1e6
      else { return false }
      met += 1
      return true
    }

    var json: JSON {
      var object = fault.json
      object["calls"] = .integer(Int64(calls))
      object["met"] = .integer(Int64(met))
      return .object(object)
    }
  }
  private struct State {
    var rules: [Rule] = []
    var lastNumber = 0
    var isPaused = false
  }

  /// There are as many rules as there may be.
  package struct Full: Error, CustomStringConvertible {
    package let description: String
  }

  private static let limit = 1000
  package let catalogue: FaultCatalogue
  /// What the ids that are given here begin with, so that each is that of one server of a stack.
  private let service: String
  /// Where the rules are kept; nil keeps them nowhere.
  private let path: String?
  private let log: Log?
  private let hasRules = Atomic(false)
  private let state = Mutex(State())

  /// The faults kept in a file; each is logged, and so are rules that cannot be read.
  package init(
    of service: String, catalogue: FaultCatalogue, path: String? = nil, log: Log? = nil
  ) {
    self.service = service
    self.catalogue = catalogue
    self.path = path
    self.log = log
    guard let path, SafeFile.exists(path) else { return }
    let kept = (try? JSON.parse(SafeFile.read(path, limit: 1 << 20)))?.array
    if kept == nil { log?.warning("the kept faults cannot be read", ["file": .string(path)]) }
    let list = kept ?? []
    state.withLock { state in
      for json in list {
        guard let fault = try? Fault(json: json, catalogue: catalogue) else {
          log?.warning("a kept fault is not known", ["fault": json])
          continue
        }
        var rule = Rule(fault)
        rule.calls = Int(json["calls"]?.integer ?? 0)
        rule.met = Int(json["met"]?.integer ?? 0)
        state.rules.append(rule)
        log?.warning("a fault is active", ["fault": json])
      }
      let given = state.rules.compactMap { Self.number(of: $0.fault.id, at: service) }
      state.lastNumber = given.max() ?? 0
      publish(state)
    }
  }

  /// The number in an id that a server gave.
  private static func number(of id: String, at service: String) -> Int? {
    guard id.hasPrefix("\(service)-") else { return nil }
    return Int(id.dropFirst(service.count + 1)).flatMap {
      (1...1_000_000_000).contains($0) ? $0 : nil
    }
  }

  private func publish(_ state: borrowing State) {
    hasRules.store(!state.rules.isEmpty && !state.isPaused, ordering: .releasing)
  }

  /// Lets no call meet a fault until this is taken back, or until the server ends: rules that were
  /// kept must not keep a stack from starting.
  package var isPaused: Bool {
    get { state.withLock { $0.isPaused } }
    set {
      state.withLock { state in
        state.isPaused = newValue
        publish(state)
      }
    }
  }

  /// Whether any fault is set: what costs nothing to ask with each call.
  package var isActive: Bool { hasRules.load(ordering: .acquiring) }

  /// The fault that a call meets; the first that was set wins.
  package func meet(_ operation: String, _ subject: @autoclosure () -> EventSubject) -> Fault? {
    guard isActive else { return nil }
    let subject = subject()
    return state.withLock { state in
      var found: Fault?
      for index in state.rules.indices
      where found == nil && state.rules[index].fault.match.matches(operation, subject) {
        if state.rules[index].meets() { found = state.rules[index].fault }
      }
      // A limit must outlast the restart that the fault may be.
      if found?.match.count != nil { keep(state) }
      return found
    }
  }

  /// Sets a fault, and returns it with its id; the same rule is not set twice, but begins anew.
  package func add(_ fault: Fault) throws -> (fault: Fault, isNew: Bool) {
    try state.withLock { state in
      var fault = fault
      let twin = state.rules.firstIndex {
        fault.id.isEmpty
          ? $0.fault.match == fault.match && $0.fault.action == fault.action
          : $0.fault.id == fault.id
      }
      if let twin {
        fault.id = state.rules[twin].fault.id
        state.rules[twin] = Rule(fault)
      } else {
        guard state.rules.count < Self.limit else {
          throw Full(description: "there are \(Self.limit) faults already")
        }
        if fault.id.isEmpty {
          repeat {
            state.lastNumber += 1
          } while state.rules.contains {
            $0.fault.id == "\(service)-\(state.lastNumber)"
          }
          fault.id = "\(service)-\(state.lastNumber)"
        }
        state.rules.append(Rule(fault))
      }
      try write(state)
      publish(state)
      return (fault, twin == nil)
    }
  }

  /// Removes a fault; false where there is none of this id.
  package func remove(_ id: String) throws -> Bool {
    try state.withLock { state in
      guard let index = state.rules.firstIndex(where: { $0.fault.id == id }) else { return false }
      state.rules.remove(at: index)
      publish(state)
      try write(state)
      return true
    }
  }

  /// Removes all faults.
  package func clear() throws {
    try state.withLock { state in
      state.rules = []
      publish(state)
      try write(state)
    }
  }

  /// The faults with how often they matched (`calls`) and were met (`met`).
  package var json: JSON { .array(state.withLock { $0.rules.map(\.json) }) }

  private func write(_ state: borrowing State) throws(FileError) {
    guard let path else { return }
    try SafeFile.write(JSON.array(state.rules.map(\.json)).bytes() + [0x0A], to: path)
  }

  private func keep(_ state: borrowing State) {
    do throws(FileError) { try write(state) } catch {
      log?.warning("the faults cannot be kept", ["reason": .string("\(error)")])
    }
  }
}
