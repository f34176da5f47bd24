import JSON
import Platform

/// The faults that are set at a server, in the order in which they were set.
struct FaultList: Sendable {
  private static let limit = 1000
  /// How long the rules may be together as they are kept, in bytes.
  static let size = 1 << 20

  /// What the ids that are given here begin with, so that each is that of one server of a stack.
  private let service: String
  private var faults: [CountedFault]
  private var lastNumber = 0
  /// Whether calls pass all faults by.
  var isPaused = false

  init(of service: String, _ faults: [CountedFault] = []) {
    self.service = service
    self.faults = faults
    lastNumber = faults.compactMap { number(of: $0.fault.id) }.max() ?? 0
  }

  /// Whether a call can meet a fault.
  var isActive: Bool { !faults.isEmpty && !isPaused }

  /// The faults with how often they matched (`calls`) and were met (`met`).
  var json: JSON { .array(faults.map(\.json)) }

  /// The number in an id that was given here.
  private func number(of id: String) -> Int? {
    guard id.bytes.hasPrefix("\(service)-") else { return nil }
    return Int(Substring(id.utf8.dropFirst(service.utf8.count + 1))).flatMap {
      (1...1_000_000_000).contains($0) ? $0 : nil
    }
  }

  private func index(of id: String) -> Int? {
    faults.firstIndex { $0.fault.id.bytes == id.bytes }
  }

  /// Whether there is a fault of this id.
  func has(_ id: String) -> Bool { index(of: id) != nil }

  /// The fault that a call meets; the first that was set wins, and the others do not count the call.
  mutating func meet(_ operation: String, _ subject: EventSubject) -> Fault? {
    for index in faults.indices where faults[index].fault.match.matches(operation, subject) {
      if faults[index].meets() { return faults[index].fault }
    }
    return nil
  }

  /// Sets a fault, and returns it with its id; the same rule is not set twice, but begins anew.
  mutating func add(_ fault: Fault) throws(FaultBook.Full) -> (fault: Fault, isNew: Bool) {
    var fault = fault
    let twin =
      fault.id.isEmpty
      ? faults.firstIndex { $0.fault.match == fault.match && $0.fault.action == fault.action }
      : index(of: fault.id)
    let others = faults.indices.reduce(0) { $0 + ($1 == twin ? 0 : faults[$1].size) }
    guard CountedFault(fault).size <= Self.size - others else {
      throw FaultBook.Full(description: "the faults are longer than 1 MiB together")
    }
    if let twin {
      fault.id = faults[twin].fault.id
      faults[twin] = CountedFault(fault)
      return (fault, false)
    }
    guard faults.count < Self.limit else {
      throw FaultBook.Full(description: "there are \(Self.limit) faults already")
    }
    if fault.id.isEmpty {
      repeat { lastNumber += 1 } while index(of: "\(service)-\(lastNumber)") != nil
      fault.id = "\(service)-\(lastNumber)"
    }
    faults.append(CountedFault(fault))
    return (fault, true)
  }

  /// Removes a fault; false where there is none of this id.
  mutating func remove(_ id: String) -> Bool {
    guard let index = index(of: id) else { return false }
    faults.remove(at: index)
    return true
  }

  /// Removes all faults.
  mutating func clear() { faults = [] }
}
