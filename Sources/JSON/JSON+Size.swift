extension JSON {
  /// About how many bytes the value takes as text; counting stops beyond `limit`.
  package func approximateSize(limit: Int) -> Int {
    var size = 0
    var left = [self]
    while size <= limit, let value = left.popLast() {
      switch value {
      case .null, .bool, .integer: size += 4
      case .number(let text): size += text.utf8.count
      case .string(let text): size += text.utf8.count + 2
      case .array(let elements):
        size += elements.count + 2
        if size <= limit { left += elements }
      case .object(let object):
        size += 2
        for (name, member) in object where size <= limit {
          size += name.utf8.count + 4
          left.append(member)
        }
      }
    }
    return size
  }
}
