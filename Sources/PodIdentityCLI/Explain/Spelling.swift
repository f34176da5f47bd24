/// How far apart two names are.
enum Spelling {
  /// How many characters must be put in, taken out or replaced; both names are short.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (place, other) in right.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(replaced, row[place] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }

  /// The name that was likely meant; nil where none is near.
  static func nearest<Name: Collection>(
    _ name: String, among names: Name
  ) -> String? where Name.Element == String {
    let limit = max(1, min(3, name.utf8.count / 3))
    return names.filter { $0 != name }
      .map { ($0, distance($0.lowercased(), name.lowercased())) }
      .filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
  }
}
