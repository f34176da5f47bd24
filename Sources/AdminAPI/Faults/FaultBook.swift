package import JSON
package import Platform
import Synchronization

/// The faults that are set at a server, kept in its state.
///
/// A fault is set or removed in the file first, then for calls. That a call met a fault with a `count`
/// is in the file before the call goes on, so a crash loses uses by calls without an answer alone.
/// How many calls matched a fault, and how often one without a `count` was met, is kept with the next
/// change only.
package final class FaultBook: Sendable {
  /// There are as many rules as there may be, or they are as long.
  package struct Full: Error, CustomStringConvertible {
    package let description: String
  }

  package let catalogue: FaultCatalogue
  private let file: FaultFile
  private let log: Log?
  private let hasRules = Atomic(false)
  private let list: Mutex<FaultList>

  /// The faults kept in a file; each is logged, and so are rules that cannot be read.
  package convenience init(
    of service: String, catalogue: FaultCatalogue, path: String? = nil, log: Log? = nil
  ) {
    var kept: [CountedFault] = []
    if let path, SafeFile.exists(path) {
      // An older version took as many as it was given.
      let list = (try? JSON.parse(SafeFile.read(path)))?.array
      if list == nil { log?.warning("the kept faults cannot be read", ["file": .string(path)]) }
      for json in list ?? [] {
        let fault = CountedFault(json: json, catalogue: catalogue)
        log?.warning(
          fault == nil ? "a kept fault is not known" : "a fault is active", ["fault": json])
        if let fault { kept.append(fault) }
      }
    }
    var write: FaultFile.Write?
    if let path { write = { bytes throws(FileError) in try SafeFile.write(bytes, to: path) } }
    self.init(of: service, catalogue: catalogue, kept: kept, log: log, write: write)
  }

  /// The faults that `write` keeps; nil for those that end with the server.
  init(
    of service: String, catalogue: FaultCatalogue, kept: [CountedFault] = [], log: Log? = nil,
    write: FaultFile.Write?
  ) {
    self.catalogue = catalogue
    self.log = log
    file = FaultFile(write: write)
    let list = FaultList(of: service, kept)
    hasRules.store(list.isActive, ordering: .relaxed)
    self.list = Mutex(list)
  }

  /// Changes the list for calls, and tells them whether to look.
  @discardableResult
  private func update<Result>(_ edit: (inout FaultList) throws -> Result) rethrows -> Result {
    try list.withLock { list in
      defer { hasRules.store(list.isActive, ordering: .releasing) }
      return try edit(&list)
    }
  }

  /// Changes the list in the file, then for calls.
  private func change<Result: Sendable>(
    _ edit: @escaping @Sendable (inout FaultList) throws -> Result
  ) async throws -> Result {
    try await file.inTurn { write in
      var changed = self.list.withLock { $0 }
      _ = try edit(&changed)
      try write(changed)
      // Calls may have been counted meanwhile: the change is made once more, its outcome not taken.
      return try self.update(edit)
    }
  }

  /// Lets no call meet a fault until this is taken back, or until the server ends: rules that were
  /// kept must not keep a stack from starting.
  package var isPaused: Bool {
    get { list.withLock { $0.isPaused } }
    set { update { $0.isPaused = newValue } }
  }

  /// Whether any fault is set: what costs nothing to ask with each call.
  package var isActive: Bool { hasRules.load(ordering: .acquiring) }

  /// The faults with how often they matched (`calls`) and were met (`met`).
  package var json: JSON { list.withLock { $0.json } }

  /// The fault that a call meets; the first that was set wins.
  package func meet(
    _ operation: String, _ subject: @autoclosure () -> EventSubject
  ) async -> Fault? {
    guard isActive else { return nil }
    let subject = subject()
    guard let found = list.withLock({ $0.meet(operation, subject) }) else { return nil }
    guard found.match.count != nil else { return found }
    // A limit must outlast the restart that the fault may be.
    do {
      try await file.inTurn { write in try write(self.list.withLock { $0 }) }
    } catch { log?.warning("the faults cannot be kept", ["reason": .string("\(error)")]) }
    return found
  }

  /// Sets a fault, and returns it with its id; the same rule is not set twice, but begins anew.
  package func add(_ fault: Fault) async throws -> (fault: Fault, isNew: Bool) {
    try await change { try $0.add(fault) }
  }

  /// Removes a fault; false where there is none of this id.
  package func remove(_ id: String) async throws -> Bool {
    guard list.withLock({ $0.has(id) }) else { return false }
    return try await change { $0.remove(id) }
  }

  /// Removes all faults.
  package func clear() async throws { try await change { $0.clear() } }
}
