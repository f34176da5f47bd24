@testable import Cryptography
@testable import JSON
@testable import NodeAgent
@testable import YAML

/// JSON: what is read is written so that it reads the same; what we take, Go's scanner takes.
let fuzzJSON: FuzzTarget = { bytes in
  let objection = GoJSONScanner.objection(to: bytes)
  guard let value = try? JSON.parse(bytes) else { return }
  precondition(objection == nil, "Go objects: \(objection ?? "")")
  let written = value.bytes()
  guard let again = try? JSON.parse(written) else { fatalError("what was written is not read") }
  precondition(again == value, "what was written reads otherwise")
  precondition(again.bytes() == written, "what was written is not stable")
  _ = value.bytes([.escapedHTML])
}

/// Manifests.
let fuzzYAML: FuzzTarget = { bytes in
  guard let documents = try? YAML.documents(text(bytes)) else { return }
  for document in documents { _ = document.bytes() }
}

/// Tokens as the servers read them, and as the agent does.
let fuzzJWT: FuzzTarget = { bytes in
  let words = text(bytes)
  if let token = try? UnverifiedToken(words) { _ = token.subject }
  if let token = try? JWT(compact: words) { _ = token.claims.bytes() }
}
