import JSON

/// Bodies of type `application/vnd.kubernetes.protobuf`, which client-go 0.32 and newer sends
/// without falling back to JSON.
enum ProtobufObject {
  private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
  private static let envelope = ProtobufMessage(fields: [
    1: (
      "type", .message(ProtobufMessage(fields: [1: ("apiVersion", .text), 2: ("kind", .text)]))
    ),
    3: ("contentEncoding", .text),
  ])

  /// The object of a body as JSON, apiVersion and kind first.
  static func decode(_ bytes: [UInt8]) throws(ProtobufFailure) -> JSON {
    guard bytes.starts(with: magic) else { throw .notKubernetes }
    let message = bytes.dropFirst(magic.count)
    let head = try envelope.decode(message)
    let apiVersion = head["type"]?["apiVersion"]?.string ?? ""
    let kind = head["type"]?["kind"]?.string ?? ""
    guard head["contentEncoding"] == nil else { throw .malformed("the object is compressed") }
    guard let table = ProtobufMessage.table(apiVersion: apiVersion, kind: kind) else {
      throw .unknownKind(apiVersion: apiVersion, kind: kind)
    }
    var object: JSONObject = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
    for (name, value) in try table.decode(try raw(message)) { object[name] = value }
    return .object(object)
  }

  /// The second field of the envelope: the object's own bytes, without apiVersion and kind.
  private static func raw(_ message: ArraySlice<UInt8>) throws(ProtobufFailure) -> ArraySlice<UInt8>
  {
    var reader = ProtobufReader(message)
    var raw: ArraySlice<UInt8> = []
    while let (number, value) = try reader.next() {
      if number == 2, case .bytes(let bytes) = value { raw = bytes }
    }
    return raw
  }
}
