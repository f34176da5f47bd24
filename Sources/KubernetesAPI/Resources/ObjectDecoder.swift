import JSON

/// Takes from a body what its type has, as Go's decoder does: values of the wrong type are refused,
/// members that the type does not have are dropped and named.
struct ObjectDecoder {
  private let kind: String
  private(set) var unknown: [String] = []

  private init(kind: String) { self.kind = kind }

  /// The object without unknown and null members, and the paths of the unknown ones.
  static func decode(
    _ object: JSONObject, kind: String
  ) throws(StatusError) -> (object: JSONObject, unknown: [String]) {
    guard FieldSchema.fields(of: kind) != nil else { return (object, []) }
    var decoder = ObjectDecoder(kind: kind)
    let decoded = try decoder.members(of: object, type: kind, at: "", named: "")
    return (decoded, decoder.unknown)
  }

  /// `path` names list items by number, as warnings do; `names` does not, as Go's errors do.
  private mutating func members(
    of object: JSONObject, type: String, at path: String, named names: String
  ) throws(StatusError) -> JSONObject {
    let fields = FieldSchema.fields(of: type) ?? []
    var result = JSONObject()
    for (name, value) in object {
      let place = path.isEmpty ? name : "\(path).\(name)"
      guard let field = fields.first(where: { $0.name == name }) else {
        unknown.append(place)
        continue
      }
      guard !value.isNull else { continue }
      let context = Context(
        type: type, path: place, names: names.isEmpty ? name : "\(names).\(name)")
      result[name] = try member(value, field, context)
    }
    return result
  }

  /// Where a value is: in which type, and by which names.
  private struct Context {
    let type: String
    let path: String
    let names: String
  }

  private mutating func member(
    _ value: JSON, _ field: FieldSchema.Field, _ context: Context
  ) throws(StatusError) -> JSON {
    if field.isMap {
      guard let map = value.object else { throw refusal(value, "map[string]string", context) }
      var texts = JSONObject()
      for (key, text) in map {
        // Go makes an empty text of a null.
        guard text.string != nil || text.isNull else { throw refusal(text, "string", context) }
        texts[key] = text.isNull ? "" : text
      }
      return .object(texts)
    }
    guard field.isList else {
      return try self.value(value, field.shape, context, path: context.path)
    }
    guard let items = value.array else {
      throw refusal(value, "[]\(Self.goType(field.shape))", context)
    }
    var decoded: [JSON] = []
    decoded.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      decoded.append(
        try self.value(item, field.shape, context, path: "\(context.path)[\(index)]"))
    }
    return .array(decoded)
  }

  private mutating func value(
    _ value: JSON, _ shape: FieldSchema.Shape, _ context: Context, path: String
  ) throws(StatusError) -> JSON {
    let isRight =
      switch shape {
      case .any: true
      case .text: value.string != nil
      case .bool: value.bool != nil
      case .int32: value.integer.map { Int32(exactly: $0) != nil } ?? false
      case .int64: value.integer != nil
      case .type: value.object != nil
      }
    guard isRight else { throw refusal(value, Self.goType(shape), context) }
    guard case .type(let type) = shape, let object = value.object else { return value }
    return .object(try members(of: object, type: type, at: path, named: context.names))
  }

  private static func goType(_ shape: FieldSchema.Shape) -> String {
    switch shape {
    case .text: "string"
    case .bool: "bool"
    case .int32: "int32"
    case .int64: "int64"
    case .any: "struct"
    case .type(let name): "v1.\(name)"
    }
  }

  private func refusal(_ value: JSON, _ wanted: String, _ context: Context) -> StatusError {
    let isNumber = wanted.hasPrefix("int")
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
      "\(kind) in version \"v1\" cannot be handled as a \(kind): json: cannot unmarshal \(given) "
        + "into Go struct field \(context.type).\(context.names) of type \(wanted)")
  }
}
