import JSON

/// A date and time of day in UTC (proleptic Gregorian calendar).
package struct CalendarTime: Sendable, Hashable {
  package var year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
  /// 0 is Sunday.
  package var weekday: Int
}

extension Instant {
  /// The calendar's view of the instant; see Howard Hinnant, "chrono-compatible date algorithms".
  package var calendar: CalendarTime {
    let total = Int(seconds)
    let secondOfDay = ((total % 86400) + 86400) % 86400
    let day = (total - secondOfDay) / 86400
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return CalendarTime(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, hour: secondOfDay / 3600,
      minute: secondOfDay / 60 % 60, second: secondOfDay % 60,
      weekday: ((day % 7) + 11) % 7)
  }

  /// The instant of a date and time in UTC; nil where a part is out of range.
  package init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
    nanosecond: Int64 = 0
  ) {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard 1...12 ~= month, 1...lengths[month - 1] ~= day, 0...23 ~= hour, 0...59 ~= minute,
      0...60 ~= second, 0..<1_000_000_000 ~= nanosecond, 0...9999 ~= year
    else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    self.init(seconds: Int64(days * 86400 + hour * 3600 + minute * 60 + second))
    self = self + .nanoseconds(nanosecond)
  }

  /// RFC 3339 in whole seconds: `2026-11-24T02:47:51Z`.
  package var rfc3339: String {
    String(unsafeUninitializedCapacity: 20) { buffer in
      writeSeconds(into: buffer)
      buffer[19] = UInt8(ascii: "Z")
      return 20
    }
  }

  /// RFC 3339 with up to nine fraction digits, trailing zeros dropped, as Go's RFC3339Nano.
  package var rfc3339Nano: String {
    guard fraction != 0 else { return rfc3339 }
    var digits = padded(Int(fraction), 9)
    while digits.bytes.hasSuffix("0") { digits.removeLast() }
    return String(rfc3339.dropLast()) + "." + digits + "Z"
  }

  /// RFC 3339 with exactly three fraction digits.
  package var rfc3339Milli: String {
    String(unsafeUninitializedCapacity: 24) { buffer in
      writeSeconds(into: buffer)
      buffer[19] = UInt8(ascii: ".")
      Self.write(Int(fraction / 1_000_000), digits: 3, at: 20, into: buffer)
      buffer[23] = UInt8(ascii: "Z")
      return 24
    }
  }

  /// The 19 characters up to the seconds; years beyond 0 to 9999 do not occur.
  private func writeSeconds(into buffer: UnsafeMutableBufferPointer<UInt8>) {
    let time = calendar
    Self.write(time.year, digits: 4, at: 0, into: buffer)
    buffer[4] = UInt8(ascii: "-")
    Self.write(time.month, digits: 2, at: 5, into: buffer)
    buffer[7] = UInt8(ascii: "-")
    Self.write(time.day, digits: 2, at: 8, into: buffer)
    buffer[10] = UInt8(ascii: "T")
    Self.write(time.hour, digits: 2, at: 11, into: buffer)
    buffer[13] = UInt8(ascii: ":")
    Self.write(time.minute, digits: 2, at: 14, into: buffer)
    buffer[16] = UInt8(ascii: ":")
    Self.write(time.second, digits: 2, at: 17, into: buffer)
  }

  private static func write(
    _ value: Int, digits: Int, at start: Int, into buffer: UnsafeMutableBufferPointer<UInt8>
  ) {
    var rest = max(0, value)
    for place in stride(from: start + digits - 1, through: start, by: -1) {
      buffer[place] = 0x30 + UInt8(rest % 10)
      rest /= 10
    }
  }

  /// The basic form of SigV4's `X-Amz-Date`: `20261124T024751Z`.
  package var basic: String { rfc3339.bytes.without("-").without(":").string }

  /// RFC 9110 section 5.6.7 IMF-fixdate: `Tue, 24 Nov 2026 02:47:51 GMT`.
  package var httpDate: String {
    let time = calendar
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    return "\(days[time.weekday]), \(padded(time.day)) \(Self.months[time.month - 1]) "
      + "\(padded(time.year, 4)) \(padded(time.hour)):\(padded(time.minute)):"
      + "\(padded(time.second)) GMT"
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads RFC 3339 (any offset, fraction up to nine digits used).
  package init?(rfc3339 text: String) {
    var reader = DigitReader(text)
    guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2),
      reader.skip("-"), let day = reader.number(2), reader.skip("T") || reader.skip("t"),
      let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2),
      reader.skip(":"), let second = reader.number(2)
    else { return nil }
    var nanosecond: Int64 = 0
    if reader.skip(".") {
      guard let fraction = reader.fraction() else { return nil }
      nanosecond = fraction
    }
    var offset = 0
    if !(reader.skip("Z") || reader.skip("z")) {
      let sign = reader.skip("+") ? 1 : (reader.skip("-") ? -1 : 0)
      guard sign != 0, let hours = reader.number(2), reader.skip(":"),
        let minutes = reader.number(2), hours < 24, minutes < 60
      else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard reader.isAtEnd,
      let value = Instant(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second,
        nanosecond: nanosecond)
    else { return nil }
    self = value - .seconds(offset)
  }

  /// Reads `20261124T024751Z`.
  package init?(basic text: String) {
    var reader = DigitReader(text)
    guard let year = reader.number(4), let month = reader.number(2), let day = reader.number(2),
      reader.skip("T"), let hour = reader.number(2), let minute = reader.number(2),
      let second = reader.number(2), reader.skip("Z"), reader.isAtEnd
    else { return nil }
    self.init(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }

  /// Reads an IMF-fixdate.
  package init?(httpDate text: String) {
    guard text.utf8.count == 29, text.bytes.hasSuffix(" GMT") else { return nil }
    var reader = DigitReader(String(text.dropFirst(5).dropLast(4)))
    guard let day = reader.number(2), reader.skip(" "),
      let month = Self.months.firstIndex(where: { reader.skip($0) }), reader.skip(" "),
      let year = reader.number(4), reader.skip(" "), let hour = reader.number(2),
      reader.skip(":"), let minute = reader.number(2), reader.skip(":"),
      let second = reader.number(2), reader.isAtEnd
    else { return nil }
    self.init(
      year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
  }
}

private func padded(_ value: Int, _ width: Int = 2) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

private struct DigitReader {
  private var rest: Substring.UTF8View
  init(_ text: String) { rest = text[...].utf8 }
  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func number(_ width: Int) -> Int? {
    let digits = rest.prefix(width)
    guard digits.count == width, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    rest = rest.dropFirst(width)
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  mutating func fraction() -> Int64? {
    let digits = rest.prefix { 0x30...0x39 ~= $0 }
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    return (0..<9).reduce(Int64(0)) { value, place in
      let digit = digits.dropFirst(place).first.map { Int64($0 - 0x30) } ?? 0
      return value * 10 + digit
    }
  }
}
