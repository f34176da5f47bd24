// libFuzzer's entry: one program, whose parser is chosen by FUZZ_TARGET. `compose/fuzz` builds it with
// the rooms instrumented, replays the kept inputs and looks for new ones.

import Glibc

/// What is tried with an input: it must neither trap nor break what it promises.
typealias FuzzTarget = @Sendable ([UInt8]) -> Void

/// All targets by name; each has a folder of inputs of its own name in `Tests/Fuzz/Corpus`.
let fuzzTargets: [String: FuzzTarget] = [
  "http": fuzzHTTP, "chunks": fuzzChunks, "url": fuzzURL, "json": fuzzJSON, "yaml": fuzzYAML,
  "protobuf": fuzzProtobuf, "jwt": fuzzJWT, "sigv4": fuzzSigV4, "awschunked": fuzzAWSChunked,
  "response": fuzzResponse, "eksauth": fuzzEKSAuth, "keys": fuzzKeys,
  "kubernetes": fuzzKubernetes, "admin": fuzzAdmin, "policy": fuzzPolicy, "patch": fuzzPatch,
  "selector": fuzzSelector, "session": fuzzSession,
]

private let chosen: FuzzTarget = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = fuzzTargets[name] else {
    fatalError("FUZZ_TARGET must be one of \(fuzzTargets.keys.sorted())")
  }
  return target
}()

/// Tries one input; libFuzzer calls it by this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  chosen(Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}

/// The input as a text, broken bytes replaced.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// The parts between bytes 0xFF, which no text contains; always as many as asked for.
func parts(_ bytes: [UInt8], _ count: Int) -> [[UInt8]] {
  let found = bytes.split(
    separator: 0xFF, maxSplits: count - 1, omittingEmptySubsequences: false
  ).map(Array.init)
  return found + [[UInt8]](repeating: [], count: count - found.count)
}
