import Glibc
import HTTP
import JSON
import Platform
import Synchronization

/// The agent's counters, under the names that AWS's agent gives them.
final class AgentMetrics: Sendable {
  private struct State {
    var responses: [Int: Int] = [:]
    var cacheStates: [ByteText: Int] = [:]
    var cacheErrors: [CacheError: Int] = [:]
    var localValidations: [ByteText: Int] = [:]
  }
  private struct CacheError: Hashable {
    let type: ByteText
    let code: ByteText
  }
  private let state = Mutex(State())

  /// Counts an answer of the credentials endpoint.
  func count(response status: Int) { state.withLock { $0.responses[status, default: 0] += 1 } }

  /// Counts `miss`, `evicted`, or `hit`, which means a renewal that succeeded.
  func count(cache name: String, _ times: Int = 1) {
    state.withLock { $0.cacheStates[name.bytes, default: 0] += times }
  }

  /// Counts how the check of a pod's further token ended: `success`, `failure` or `skipped`.
  func count(localValidation result: String) {
    state.withLock { $0.localValidations[result.bytes, default: 0] += 1 }
  }

  /// Counts a renewal that failed.
  func count(cacheError type: String, code: String) {
    state.withLock {
      $0.cacheErrors[CacheError(type: type.bytes, code: code.bytes), default: 0] += 1
    }
  }

  /// The metrics in Prometheus' text form.
  var text: String {
    let state = state.withLock { $0 }
    var metrics = MetricsText()
    metrics.add(
      "pod_identity_cache_errors", type: "counter",
      help: "Removing credentials from cache, got non recoverable error",
      samples: state.cacheErrors.sorted { $0.key.code < $1.key.code }.map {
        (
          labels: [("code", $0.key.code.string), ("type", $0.key.type.string)],
          value: Double($0.value)
        )
      })
    metrics.add(
      "pod_identity_cache_state", type: "counter", help: "The state of credential in cache",
      samples: state.cacheStates.sorted { $0.key < $1.key }.map {
        (labels: [("state", $0.key.string)], value: Double($0.value))
      })
    metrics.add(
      "pod_identity_http_response", type: "counter", help: "Pod Identity http response code",
      samples: state.responses.sorted { $0.key < $1.key }.map {
        (labels: [("code", "\($0.key)")], value: Double($0.value))
      })
    metrics.add(
      "pod_identity_local_validation", type: "counter",
      help: "Outcome of local token validation: success, failure, or skipped",
      samples: state.localValidations.sorted { $0.key < $1.key }.map {
        (labels: [("result", $0.key.string)], value: Double($0.value))
      })
    if let resident = Self.residentBytes {
      metrics.add(
        "process_resident_memory_bytes", type: "gauge", help: "Resident memory size in bytes.",
        samples: [(labels: [], value: Double(resident))])
    }
    return metrics.text
  }

  private static var residentBytes: Int? {
    guard let bytes = try? SafeFile.read("/proc/self/statm"),
      let pages = Int(
        String(decoding: bytes, as: UTF8.self).bytes.split(separator: " ").dropFirst().first ?? "")
    else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
