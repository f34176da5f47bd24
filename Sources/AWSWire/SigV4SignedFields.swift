package import HTTP
import JSON

/// The fields of a request that its signature covers, found in one pass.
package struct SigV4SignedFields: Sendable {
  /// The value of each signed name: those of its fields joined by commas, blanks at the ends removed
  /// and runs of them made one.
  package let values: [String]
  /// The first signed name that no field of the request has.
  package let absent: String?
  /// The `x-amz-` fields that are not signed, each once, in lower case.
  ///
  /// Without `x-amz-content-sha256`, whose value ends the canonical request in any case.
  package let unsigned: [String]

  /// The fields of a request; `names` are in lower case and in ascending order of their bytes, each
  /// once, as ``names(in:)`` has them.
  ///
  /// The time is that of one search in the names for each field.
  package init(names: [String], headers: HTTPHeaders) {
    var values = [String?](repeating: nil, count: names.count)
    var unsigned: [String] = []
    for field in headers.fields {
      if let place = Self.place(of: field.name, in: names) {
        if values[place] == nil { values[place] = "" } else { values[place]?.append(",") }
        values[place]?.append(Self.collapsed(field.value))
      } else if Self.isAmazon(field.name) {
        let name = field.name.lowercased()
        if name.bytes != "x-amz-content-sha256" { unsigned.append(name) }
      }
    }
    self.values = values.map { $0 ?? "" }
    absent = values.firstIndex { $0 == nil }.map { names[$0] }
    self.unsigned = Set(unsigned.map(\.bytes)).sorted().map(\.string)
  }

  /// The names of `SignedHeaders`; nil unless they are in lower case and in order, each once.
  ///
  /// So the list that a signer is to make is defined; a service makes it anew and finds a signature
  /// over any other list wrong (IAM user guide, "Create a signed AWS API request").
  package static func names(in list: some StringProtocol) -> [String]? {
    let names = list.bytes.split(separator: ";", omittingEmptySubsequences: false)
    for (left, right) in zip(names, names.dropFirst())
    where !left.utf8.lexicographicallyPrecedes(right.utf8) {
      return nil
    }
    guard names.allSatisfy({ $0.utf8.allSatisfy { !(0x41...0x5A ~= $0) } }) else { return nil }
    return names.map(String.init)
  }

  private static func isAmazon(_ name: String) -> Bool {
    name.utf8.count > 6 && zip(name.utf8, "x-amz-".utf8).allSatisfy { lower($0) == $1 }
  }

  private static func place(of field: String, in names: [String]) -> Int? {
    var (low, high) = (0, names.count)
    while low < high {
      let middle = (low + high) / 2
      let order = order(field, names[middle])
      if order == 0 { return middle }
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    return nil
  }

  /// Below, at or above zero as the field's name, in lower case, comes before the other.
  private static func order(_ field: String, _ name: String) -> Int {
    for (left, right) in zip(field.utf8, name.utf8) {
      let difference = Int(lower(left)) - Int(right)
      if difference != 0 { return difference }
    }
    return field.utf8.count - name.utf8.count
  }

  private static func lower(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

  private static func collapsed(_ value: String) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    var hasRun = value.utf8.first.map(isBlank) ?? false || value.utf8.last.map(isBlank) ?? false
    var wasBlank = false
    for byte in value.utf8 {
      if isBlank(byte), wasBlank || byte == 0x09 { hasRun = true }
      wasBlank = isBlank(byte)
    }
    guard hasRun else { return value }
    return value.utf8.split(whereSeparator: isBlank).map(Substring.init).joined(separator: " ")
  }
}
