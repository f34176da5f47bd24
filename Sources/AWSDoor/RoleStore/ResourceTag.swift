package import JSON

/// A tag on a resource.
package struct ResourceTag: Sendable {
  package var key: String
  package var value: String

  /// A tag.
  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// By bytes.
extension ResourceTag: Equatable {
  package static func == (left: ResourceTag, right: ResourceTag) -> Bool {
    left.key.bytes == right.key.bytes && left.value.bytes == right.value.bytes
  }
}

extension [ResourceTag] {
  /// The tags as one JSON object, in order.
  package var json: JSON {
    var object = JSONObject()
    for tag in self { object[tag.key] = .string(tag.value) }
    return .object(object)
  }

  /// Reads an object whose values are strings; anything else is left out.
  package init(json: JSON?) {
    self = (json?.object ?? [:]).compactMap { name, value in
      value.string.map { ResourceTag(key: name, value: $0) }
    }
  }

  /// The tags as condition keys take them.
  package var pairs: [(key: String, value: String)] { map { ($0.key, $0.value) } }

  /// Puts `tags` over these: a known key changes its value, a new one goes to the end.
  package mutating func merge(_ tags: [ResourceTag]) {
    for tag in tags {
      if let found = firstIndex(where: { $0.key.bytes == tag.key.bytes }) {
        self[found].value = tag.value
      } else {
        append(tag)
      }
    }
  }
}
