/// A date as the Date operators take it: epoch seconds, or ISO 8601 in many cuts, to a millisecond.
///
/// The cuts are those of Joda-Time's `dateOptionalTimeParser`, which agrees with all that is recorded
/// from AWS: `2030T`, `2030-01`, `01T`, `2030-01-01t2:00:00.593+23`; no zone is UTC. Digits alone are
/// seconds.
struct PolicyDate: Equatable {
  /// Since the epoch.
  private let seconds: Int64
  /// Behind the second.
  private let milliseconds: Int64

  /// Reads a date; nil for what IAM does not take as one.
  init?(_ text: String) {
    // No date is as long.
    guard text.utf8.count <= 64 else { return nil }
    if let number = Int64(text) {
      seconds = number
      milliseconds = 0
      return
    }
    var reader = PolicyDateReader(rest: text.utf8[...])
    guard let (days, time) = reader.date() else { return nil }
    milliseconds = (time % 1000 + 1000) % 1000
    seconds = days * 86_400 + (time - milliseconds) / 1000
  }
}

extension PolicyDate: Comparable {
  static func < (left: PolicyDate, right: PolicyDate) -> Bool {
    (left.seconds, left.milliseconds) < (right.seconds, right.milliseconds)
  }
}

/// Reads the parts of a date, one after the other.
struct PolicyDateReader {
  var rest: Substring.UTF8View

  /// The days since the epoch, and the milliseconds since that day began in UTC; nil where the whole
  /// text is no date.
  mutating func date() -> (days: Int64, time: Int64)? {
    guard let days = days() else { return nil }
    guard skip("T") || skip("t") else { return rest.isEmpty ? (days, 0) : nil }
    guard let time = time(), let offset = offset(), rest.isEmpty else { return nil }
    return (days, time - offset)
  }

  /// The days from the epoch to a year, a month or a day.
  private mutating func days() -> Int64? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard let digits = number(1...9) else { return nil }
    let year = isNegative ? -digits : digits
    guard skip("-") else { return Self.days(year, 1, 1) }
    guard let month = number(1...2), 1...12 ~= month else { return nil }
    guard skip("-") else { return Self.days(year, month, 1) }
    guard let day = number(1...2), 1...Self.length(year, month) ~= day else { return nil }
    return Self.days(year, month, day)
  }

  /// The time of a day, each of its parts optional from the right, the last one with a fraction.
  private mutating func time() -> Int64? {
    guard let hour = number(1...2) else { return 0 }
    guard hour <= 23 else { return nil }
    var time = hour * 3_600_000
    var unit: Int64 = 3_600_000
    for _ in 0..<2 where skip(":") {
      guard let part = number(1...2), part <= 59 else { return nil }
      unit /= 60
      time += part * unit
    }
    guard skip(".") || skip(",") else { return time }
    let start = rest
    guard let fraction = number(1...9) else { return nil }
    let scale = (0..<(start.count - rest.count)).reduce(Int64(1)) { power, _ in power * 10 }
    return time + fraction * unit / scale
  }

  /// `Z`, or hours that may have minutes and seconds behind them, with colons or without.
  private mutating func offset() -> Int64? {
    if skip("Z") || skip("z") || rest.isEmpty { return 0 }
    let isNegative = skip("-")
    guard isNegative || skip("+"), let hours = number(2...2), hours <= 23 else { return nil }
    var offset = hours * 3_600_000
    let hasColons = rest.first == UInt8(ascii: ":")
    for unit: Int64 in [60_000, 1000] where !rest.isEmpty {
      guard !hasColons || skip(":"), let part = number(2...2), part <= 59 else { return nil }
      offset += part * unit
    }
    return isNegative ? -offset : offset
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// A number of as many digits as there are, up to a bound; nil where there are too few.
  private mutating func number(_ length: ClosedRange<Int>) -> Int64? {
    let digits = rest.prefix(length.upperBound).prefix { 0x30...0x39 ~= $0 }
    guard digits.count >= length.lowerBound else { return nil }
    rest = rest[digits.endIndex...]
    return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }

  private static func length(_ year: Int64, _ month: Int64) -> Int64 {
    days(month == 12 ? year + 1 : year, month % 12 + 1, 1) - days(year, month, 1)
  }

  /// Days from the epoch, by the Gregorian calendar for all years: months are counted from March, so
  /// that a leap day is the last of its year.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
