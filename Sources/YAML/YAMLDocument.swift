import JSON

/// One document, made of events: depth and number of values are counted as they come.
struct YAMLDocument {
  /// A value, and where it stands.
  typealias Node = (value: JSON, place: YAMLPlace)

  private let events: YAMLEvents
  private var count = 0
  /// The values of anchors, and how many values each holds; nil inside for one that is not complete.
  private var anchors: [ByteText: (node: Node, count: Int)?] = [:]

  /// The next document's value; nil behind the last.
  static func next(of events: YAMLEvents) throws(YAMLError) -> Node? {
    guard case .documentStart = try events.next() else { return nil }
    var document = YAMLDocument(events)
    let value = try document.value(of: try events.next(), depth: 0)
    _ = try events.next()
    return value
  }

  private init(_ events: YAMLEvents) { self.events = events }

  /// Counts values, at the line of the last event.
  private mutating func add(_ number: Int) throws(YAMLError) {
    count += number
    guard count <= YAML.valueLimit else {
      throw YAMLError(line: events.line, "more than \(YAML.valueLimit) values, aliases included")
    }
  }

  private mutating func value(
    of event: YAMLEvents.Kind, depth: Int
  ) throws(YAMLError) -> Node {
    let before = count
    let line = events.line
    switch event {
    case .scalar(let scalar, let anchor):
      try add(1)
      let node = (value: try scalar.value, place: YAMLPlace(line: line))
      if let anchor { anchors[anchor.bytes] = (node, 1) }
      return node
    case .alias(let name):
      guard let known = anchors[name.bytes] else {
        throw YAMLError(line: events.line, "found undefined alias")
      }
      guard let known else {
        throw YAMLError(line: events.line, "the alias *\(name) stands inside what it names")
      }
      try add(known.count)
      return (known.node.value, known.node.place.at(line))
    case .sequenceStart(let anchor):
      try begin(anchor, depth: depth)
      var items: [JSON] = []
      var places: [YAMLPlace] = []
      while true {
        let event = try events.next()
        if case .collectionEnd = event { break }
        let item = try value(of: event, depth: depth + 1)
        items.append(item.value)
        places.append(item.place)
      }
      let node = (value: JSON.array(items), place: YAMLPlace(line: line, items: places))
      if let anchor { anchors[anchor.bytes] = (node, count - before) }
      return node
    case .mappingStart(let anchor):
      try begin(anchor, depth: depth)
      let node = try mapping(depth: depth)
      if let anchor { anchors[anchor.bytes] = (node, count - before) }
      return node
    case .documentStart, .documentEnd, .collectionEnd, .end:
      return (.null, YAMLPlace(line: line))
    }
  }

  private mutating func begin(_ anchor: String?, depth: Int) throws(YAMLError) {
    try add(1)
    guard depth < YAML.depthLimit else {
      throw YAMLError(line: events.line, "it is nested more than \(YAML.depthLimit) levels deep")
    }
    if let anchor { anchors.updateValue(nil, forKey: anchor.bytes) }
  }

  private mutating func mapping(depth: Int) throws(YAMLError) -> Node {
    let start = events.line
    var object = JSONObject()
    var places: [ByteText: YAMLPlace] = [:]
    var merged: [(object: JSONObject, place: YAMLPlace)] = []
    while true {
      let event = try events.next()
      if case .collectionEnd = event { break }
      let line = events.line
      try add(1)
      let key = try self.key(event)
      let content = try value(of: try events.next(), depth: depth + 1)
      if key.isMerge {
        let isList = content.value.array != nil
        for (index, item) in (content.value.array ?? [content.value]).enumerated() {
          guard let map = item.object else {
            throw YAMLError(line: line, "what is merged by << must be a map")
          }
          // Each is gone through, which costs as much as if it were written here.
          try add(map.count)
          merged.append((map, isList ? content.place[index] : content.place))
        }
        continue
      }
      guard object[key.name] == nil else {
        throw YAMLError(line: line, "the key \"\(key.name)\" is there twice")
      }
      object[key.name] = content.value
      places[key.name.bytes] = content.place.at(line)
    }
    for (map, place) in merged {
      for (name, content) in map where object[name] == nil {
        object[name] = content
        places[name.bytes] = place[name]
      }
    }
    return (.object(object), YAMLPlace(line: start, members: places))
  }

  /// The name that a key gives, and whether it is the plain `<<`, which merges.
  private mutating func key(
    _ event: YAMLEvents.Kind
  ) throws(YAMLError) -> (name: String, isMerge: Bool) {
    switch event {
    case .scalar(let scalar, let anchor):
      if let anchor {
        anchors[anchor.bytes] = ((.string(scalar.text), YAMLPlace(line: events.line)), 1)
      }
      return (scalar.text, scalar.isPlain && scalar.text.bytes == "<<")
    case .alias(let alias):
      if let name = anchors[alias.bytes]??.node.value.string { return (name, false) }
    default: break
    }
    throw YAMLError(line: events.line, "a key must be a text")
  }
}
