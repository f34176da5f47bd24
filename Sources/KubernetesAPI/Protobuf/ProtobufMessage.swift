import JSON
import Platform

/// The table of one message: what each field number is called in JSON and how it is written.
struct ProtobufMessage: Sendable {
  /// How a field's value is written and what it becomes.
  indirect enum Kind: Sendable {
    /// A string; Go's encoder writes unset ones as "", so an empty one counts as absent.
    case text
    /// A string that may be empty (a pointer in Go).
    case optionalText
    case strings
    case bool
    /// A number; zero counts as absent (a plain integer in Go).
    case integer
    /// A number whose zero means zero (a pointer in Go).
    case optionalInteger
    /// Seconds and nanoseconds, which become RFC 3339; an empty one counts as absent.
    case time
    /// The same with microseconds, six digits of them.
    case microTime
    /// A message holding JSON text in its first field.
    case rawJSON
    case message(ProtobufMessage)
    case messages(ProtobufMessage)
    case textMap
    /// A map to bytes, which become base64.
    case bytesMap
    /// A map to messages whose first field is a list of strings.
    case stringsMap
  }

  /// Name and kind by field number.
  let fields: [UInt64: (name: String, kind: Kind)]

  /// Reads a message; unknown fields are passed over.
  ///
  /// The depth is that of the tables, which never refer to themselves.
  func decode(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> JSONObject {
    var object = JSONObject()
    var reader = ProtobufReader(bytes)
    while let (number, value) = try reader.next() {
      guard let field = fields[number] else { continue }
      try Self.add(value, as: field.kind, to: &object[field.name])
    }
    return object
  }

  private static func add(
    _ value: ProtobufReader.Value, as kind: Kind, to member: inout JSON?
  ) throws(ProtobufFailure) {
    switch (kind, value) {
    case (.text, .bytes(let bytes)):
      let text = try text(bytes)
      member = text.isEmpty ? nil : .string(text)
    case (.optionalText, .bytes(let bytes)): member = .string(try text(bytes))
    case (.strings, .bytes(let bytes)): append(.string(try text(bytes)), to: &member)
    case (.bool, .varint(let number)): member = .bool(number != 0)
    case (.integer, .varint(let number)):
      member = number == 0 ? nil : .integer(Int64(bitPattern: number))
    case (.optionalInteger, .varint(let number)): member = .integer(Int64(bitPattern: number))
    case (.time, .bytes(let bytes)): member = try time(bytes)
    case (.microTime, .bytes(let bytes)): member = try time(bytes, hasMicroseconds: true)
    case (.rawJSON, .bytes(let bytes)): member = try rawJSON(bytes)
    case (.message(let table), .bytes(let bytes)): member = .object(try table.decode(bytes))
    case (.messages(let table), .bytes(let bytes)):
      append(.object(try table.decode(bytes)), to: &member)
    case (.textMap, .bytes(let bytes)):
      let (key, value) = try entry(bytes)
      put(.string(try text(value)), at: key, in: &member)
    case (.bytesMap, .bytes(let bytes)):
      let (key, value) = try entry(bytes)
      put(.string(Base64.encode(value)), at: key, in: &member)
    case (.stringsMap, .bytes(let bytes)):
      let (key, value) = try entry(bytes)
      let list = ProtobufMessage(fields: [1: ("items", .strings)])
      put(try list.decode(value)["items"] ?? [], at: key, in: &member)
    default: throw .malformed("a field of the wrong wire type")
    }
  }

  private static func append(_ value: JSON, to member: inout JSON?) {
    var values = member?.array ?? []
    member = nil
    values.append(value)
    member = .array(values)
  }

  private static func put(_ value: JSON, at key: String, in member: inout JSON?) {
    var object = member?.object ?? JSONObject()
    member = nil
    object[key] = value
    member = .object(object)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed("a string is not UTF-8")
    }
    return text
  }

  /// Key and value of a map entry; an absent part is empty.
  private static func entry(
    _ bytes: ArraySlice<UInt8>
  ) throws(ProtobufFailure) -> (String, ArraySlice<UInt8>) {
    var parts: [UInt64: ArraySlice<UInt8>] = [:]
    var reader = ProtobufReader(bytes)
    while let (number, value) = try reader.next() {
      guard case .bytes(let part) = value else { continue }
      parts[number] = part
    }
    return (try text(parts[1] ?? []), parts[2] ?? [])
  }

  private static func time(
    _ bytes: ArraySlice<UInt8>, hasMicroseconds: Bool = false
  ) throws(ProtobufFailure) -> JSON? {
    guard !bytes.isEmpty else { return nil }
    let table = ProtobufMessage(fields: [
      1: ("seconds", .optionalInteger), 2: ("nanos", .optionalInteger),
    ])
    let parts = try table.decode(bytes)
    let time = Instant(seconds: parts["seconds"]?.integer ?? 0).rfc3339
    guard hasMicroseconds else { return .string(time) }
    let micros = "\(min(max(parts["nanos"]?.integer ?? 0, 0), 999_999_999) / 1000)"
    let digits = String(repeating: "0", count: 6 - micros.utf8.count) + micros
    return .string("\(Substring(time.utf8.dropLast())).\(digits)Z")
  }

  private static func rawJSON(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> JSON? {
    let table = ProtobufMessage(fields: [1: ("raw", .text)])
    guard let raw = try table.decode(bytes)["raw"]?.string else { return nil }
    do { return try JSON.parse(raw) } catch { throw .malformed("fieldsV1 is not JSON") }
  }
}
