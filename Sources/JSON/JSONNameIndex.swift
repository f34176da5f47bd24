/// Where the names of a large object stand: a table of places by the names' hashes, which keeps no
/// name itself.
///
/// What it answers are guesses to be held against the names. A name takes one hash, in building and
/// in growing, so that an object of many members costs little more than its text.
struct JSONNameIndex: Sendable {
  /// A hash above the place counted from 1, or 0 where the slot is free.
  ///
  /// Their number is a power of two, and at least twice that of the places.
  private var slots: [UInt64]
  private var used = 0
  /// How many members were removed since: each stands at most so many places before its own here, for
  /// to count the places anew at each removal takes the square of their number.
  var removals = 0

  /// An index of these names.
  init(_ names: [String]) {
    var size = 64
    while size < names.count * 4 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    for (place, name) in names.enumerated() { insert(place, hash: Self.hash(name)) }
  }

  /// The hash of a name, different in each process.
  static func hash(_ name: String) -> UInt32 {
    var hasher = Hasher()
    name.utf8.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  /// The first place of this hash that `isRight` takes.
  func place(hash: UInt32, where isRight: (Int) -> Int?) -> Int? {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if UInt32(truncatingIfNeeded: slots[slot] >> 32) == hash,
        let found = isRight(Int(slots[slot] & 0xFFFF_FFFF) - 1)
      {
        return found
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds a place under a hash.
  mutating func insert(_ place: Int, hash: UInt32) {
    if (used + 1) * 2 > slots.count { grow() }
    put(UInt64(hash) << 32 | UInt64(place + 1))
    used += 1
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 4)
    for entry in old where entry != 0 { put(entry) }
  }

  private mutating func put(_ entry: UInt64) {
    var slot = Int(entry >> 32) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = entry
  }
}
