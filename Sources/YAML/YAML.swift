// Manifests as JSON values, through libyaml. Linked into podid alone: servers take JSON.

import CYAML
package import JSON

/// Reads YAML as kubectl does: YAML 1.1's plain scalars, several documents, anchors.
package enum YAML {
  /// What all aliases together may add, so that a small file stays a small value.
  private static let nodeLimit = 100_000

  /// The documents of a text; empty ones are left out.
  package static func documents(_ text: String) throws(YAMLError) -> [JSON] {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      throw YAMLError(line: 1, "out of memory")
    }
    defer { yaml_parser_delete(&parser) }
    let bytes = Array(text.utf8)
    // Safety: libyaml reads from the buffer only within this scope, which keeps it in place.
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    defer { buffer.deallocate() }
    _ = buffer.update(fromContentsOf: bytes)
    yaml_parser_set_input_string(&parser, buffer.baseAddress, bytes.count)
    let source = Array(text.unicodeScalars)
    var documents: [JSON] = []
    while true {
      var document = yaml_document_t()
      guard yaml_parser_load(&parser, &document) == 1 else { throw failure(parser) }
      defer { yaml_document_delete(&document) }
      guard let root = yaml_document_get_root_node(&document) else { return documents }
      var count = 0
      let value = try Self.value(root, &document, source, depth: 0, count: &count)
      if !value.isNull { documents.append(value) }
    }
  }

  private static func failure(_ parser: yaml_parser_t) -> YAMLError {
    let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
    let context = parser.context.map { String(cString: $0) + ": " } ?? ""
    return YAMLError(line: Int(parser.problem_mark.line) + 1, context + problem)
  }

  private static func value(
    _ node: UnsafeMutablePointer<yaml_node_t>, _ document: inout yaml_document_t,
    _ source: [Unicode.Scalar], depth: Int, count: inout Int
  ) throws(YAMLError) -> JSON {
    let line = Int(node.pointee.start_mark.line) + 1
    count += 1
    guard count <= nodeLimit else {
      throw YAMLError(line: line, "more than \(nodeLimit) values, aliases included")
    }
    guard depth < 200 else { throw YAMLError(line: line, "it is nested too deeply") }
    switch node.pointee.type {
    case YAML_SCALAR_NODE: return try YAMLScalar(node, source: source).value
    case YAML_SEQUENCE_NODE:
      var items: [JSON] = []
      var item = node.pointee.data.sequence.items.start
      while let current = item, current != node.pointee.data.sequence.items.top {
        guard let child = yaml_document_get_node(&document, current.pointee) else { break }
        items.append(try value(child, &document, source, depth: depth + 1, count: &count))
        item = current + 1
      }
      return .array(items)
    case YAML_MAPPING_NODE:
      return try mapping(node, &document, source, depth: depth, count: &count)
    default: return .null
    }
  }

  private static func mapping(
    _ node: UnsafeMutablePointer<yaml_node_t>, _ document: inout yaml_document_t,
    _ source: [Unicode.Scalar], depth: Int, count: inout Int
  ) throws(YAMLError) -> JSON {
    var object = JSONObject()
    var merged: [JSONObject] = []
    var pair = node.pointee.data.mapping.pairs.start
    while let current = pair, current != node.pointee.data.mapping.pairs.top {
      defer { pair = current + 1 }
      guard let key = yaml_document_get_node(&document, current.pointee.key),
        let child = yaml_document_get_node(&document, current.pointee.value)
      else { break }
      let line = Int(key.pointee.start_mark.line) + 1
      guard key.pointee.type == YAML_SCALAR_NODE else {
        throw YAMLError(line: line, "a key must be a text")
      }
      let name = YAMLScalar(key, source: source).text
      let content = try value(child, &document, source, depth: depth + 1, count: &count)
      if name == "<<", YAMLScalar(key, source: source).isPlain {
        for item in content.array ?? [content] {
          guard let map = item.object else {
            throw YAMLError(line: line, "what is merged by << must be a map")
          }
          merged.append(map)
        }
        continue
      }
      guard object[name] == nil else {
        throw YAMLError(line: line, "the key \"\(name)\" is there twice")
      }
      object[name] = content
    }
    for map in merged {
      for (name, content) in map where object[name] == nil { object[name] = content }
    }
    return .object(object)
  }
}
