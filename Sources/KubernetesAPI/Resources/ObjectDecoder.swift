import JSON

/// Takes from a body what its type has, as Go's decoder does: values of the wrong type are refused,
/// members that the type does not have are dropped and named.
struct ObjectDecoder {
  /// How many unknown members are named: kube-apiserver's decoder keeps as many strict errors.
  private static let unknownLimit = 100
  private let kind: String
  private let version: String
  private let schema: FieldSchema
  private(set) var unknown: [String] = []
  /// Where the value is that is being decoded; it becomes text where there is something to say.
  private var steps: [Step] = []

  /// A step from a value into it.
  private enum Step {
    case member(String)
    case item(Int)
  }

  private init(kind: String, version: String, schema: FieldSchema) {
    self.kind = kind
    self.version = version
    self.schema = schema
  }

  /// An object of a stored kind without unknown and null members, and the paths of the first hundred
  /// unknown ones.
  static func decode(
    _ object: JSONObject, as kind: ResourceKind
  ) throws(StatusError) -> (object: JSONObject, unknown: [String]) {
    try decode(object, kind: kind.kind, version: kind.version, kind.schema)
  }

  /// The same of what is not stored: a review, a token request or options.
  static func decode(
    _ object: JSONObject, kind: String, version: String = "v1", _ schema: FieldSchema = .reviews
  ) throws(StatusError) -> (object: JSONObject, unknown: [String]) {
    guard let fields = schema.fields(of: kind) else { return (object, []) }
    var decoder = ObjectDecoder(kind: kind, version: version, schema: schema)
    let decoded = try decoder.members(of: object, type: kind, fields)
    return (decoded, decoder.unknown)
  }

  private mutating func members(
    of object: JSONObject, type: String, _ fields: [FieldSchema.Field]
  ) throws(StatusError) -> JSONObject {
    var result = JSONObject()
    for (name, value) in object {
      guard let field = fields.first(where: { $0.name.bytes == name.bytes }) else {
        if unknown.count < Self.unknownLimit {
          unknown.append(path(to: steps + [.member(name)]))
        }
        continue
      }
      guard !value.isNull else { continue }
      steps.append(.member(name))
      result[name] = try member(value, field, of: type)
      steps.removeLast()
    }
    return result
  }

  private mutating func member(
    _ value: JSON, _ field: FieldSchema.Field, of type: String
  ) throws(StatusError) -> JSON {
    if field.isMap {
      guard let map = value.object else { throw refusal(value, "map[string]string", of: type) }
      if case .quantity = field.shape {
        var amounts = JSONObject()
        for (name, amount) in map { amounts[name] = try quantity(amount) }
        return .object(amounts)
      }
      var texts = JSONObject()
      for (key, text) in map {
        // Go makes an empty text of a null.
        guard text.string != nil || text.isNull else { throw refusal(text, "string", of: type) }
        texts[key] = text.isNull ? "" : text
      }
      return .object(texts)
    }
    guard field.isList else { return try self.value(value, field.shape, of: type) }
    guard let items = value.array else {
      throw refusal(value, "[]\(Self.goType(field.shape))", of: type)
    }
    var decoded: [JSON] = []
    decoded.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      steps.append(.item(index))
      decoded.append(try self.value(item, field.shape, of: type))
      steps.removeLast()
    }
    return .array(decoded)
  }

  private mutating func value(
    _ value: JSON, _ shape: FieldSchema.Shape, of type: String
  ) throws(StatusError) -> JSON {
    let isRight =
      switch shape {
      case .any: true
      case .quantity: true
      case .text: value.string != nil
      case .bool: value.bool != nil
      case .int32: value.integer.map { Int32(exactly: $0) != nil } ?? false
      case .int64: value.integer != nil
      case .type: value.object != nil
      }
    guard isRight else { throw refusal(value, Self.goType(shape), of: type) }
    if case .quantity = shape { return try quantity(value) }
    guard case .type(let inner) = shape, let object = value.object else { return value }
    return .object(try members(of: object, type: inner, schema.fields(of: inner) ?? []))
  }

  /// The names and numbers of list items on the way to a value, as warnings have them.
  private func path(to steps: [Step]) -> String {
    var path = ""
    for step in steps {
      switch step {
      case .member(let name): path += path.isEmpty ? name : ".\(name)"
      case .item(let index): path += "[\(index)]"
      }
    }
    return path
  }

  /// The names alone, as Go's errors have them.
  private var names: String {
    path(to: steps.filter { if case .member = $0 { true } else { false } })
  }

  /// An amount in the spelling that is stored.
  private func quantity(_ value: JSON) throws(StatusError) -> JSON {
    guard let canonical = Quantity.canonical(value) else {
      throw .badRequest(
        "\(kind) in version \"\(version)\" cannot be handled as a \(kind): \(Quantity.objection)")
    }
    return canonical
  }

  private static func goType(_ shape: FieldSchema.Shape) -> String {
    switch shape {
    case .text: "string"
    case .bool: "bool"
    case .int32: "int32"
    case .int64: "int64"
    case .quantity: "resource.Quantity"
    case .any: "struct"
    case .type(let name): "v1.\(name)"
    }
  }

  private func refusal(_ value: JSON, _ wanted: String, of type: String) -> StatusError {
    let isNumber = wanted.bytes.hasPrefix("int")
    let given =
      switch value {
      case .null: "null"
      case .bool: "bool"
      case .integer(let number): isNumber ? "number \(number)" : "number"
      case .number(let text): isNumber ? "number \(text)" : "number"
      case .string: "string"
      case .array: "array"
      case .object: "object"
      }
    return .badRequest(
      "\(kind) in version \"\(version)\" cannot be handled as a \(kind): json: cannot unmarshal \(given) "
        + "into Go struct field \(type).\(names) of type \(wanted)")
  }
}
