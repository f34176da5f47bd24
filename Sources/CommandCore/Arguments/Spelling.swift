import JSON

/// How far apart two names are.
package enum Spelling {
  /// How many characters must be put in, taken out, replaced or exchanged with their neighbour (the
  /// optimal string alignment distance); both names are short.
  package static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var before: [Int] = []
    var last = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var row = [index + 1]
      for (place, other) in right.enumerated() {
        let replaced = last[place] + (byte == other ? 0 : 1)
        var least = min(replaced, row[place] + 1, last[place + 1] + 1)
        if index > 0, place > 0, byte == right[place - 1], left[index - 1] == other {
          least = min(least, before[place - 1] + 1)
        }
        row.append(least)
      }
      (before, last) = (last, row)
    }
    return last[right.count]
  }

  /// The name that was likely meant; nil where none is near.
  package static func nearest<Name: Collection>(
    _ name: String, among names: Name
  ) -> String? where Name.Element == String {
    let limit = max(1, min(3, name.utf8.count / 3))
    return names.filter { $0.bytes != name.bytes }
      .map { ($0, distance($0.lowercased(), name.lowercased())) }
      .filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
  }
}
