@testable import JSON
@testable import KubernetesAPI

/// Protobuf bodies.
let fuzzProtobuf: FuzzTarget = { bytes in
  for input in [bytes, Array("k8s\0".utf8) + bytes] {
    if let object = try? ProtobufObject.decode(input) { _ = object.bytes() }
  }
}

/// A document and a patch of each type.
let fuzzPatch: FuzzTarget = { bytes in
  let given = parts(bytes, 2)
  guard let value = try? JSON.parse(given[0]), let patch = try? JSON.parse(given[1]) else { return }
  if let result = try? JSONPatch.apply(patch, to: value) { check(result) }
  check(MergePatch.apply(patch, to: value))
  if let result = try? StrategicMergePatch(.pods).apply(patch, to: value) { check(result) }
  if let object = patch.object { _ = try? ObjectDecoder.decode(object, as: .pods) }
}

/// Selectors of labels and fields, and paths.
let fuzzSelector: FuzzTarget = { bytes in
  let words = text(bytes)
  if let selector = try? LabelSelector(words) {
    _ = selector.matches(["a": "b", "tier": "front"])
  }
  _ = try? FieldSelector(words, for: .pods)
  let segments = words.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  for root in [[], ["api", "v1"]] {
    guard let groupVersion = GroupVersion(root + segments) else { continue }
    _ = ResourcePath(root + segments, groupVersion: groupVersion)
  }
}

private func check(_ value: JSON) {
  // A patch of a document cannot be deeper than both together.
  precondition((try? JSON.parse(value.bytes(), depthLimit: 300)) != nil, "it cannot be read again")
}
