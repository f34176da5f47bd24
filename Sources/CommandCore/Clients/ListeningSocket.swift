import Glibc
import Platform

/// Who listens on a port of this machine, by the kernel's tables.
package enum ListeningSocket {
  /// The user whose program listens on a TCP port; nil where nobody does or the tables cannot be
  /// read (proc(5), `/proc/net/tcp`).
  package static func owner(ofPort port: UInt16) -> UInt32? {
    let wanted = ":" + Hex.encode([UInt8(port >> 8), UInt8(port & 0xFF)]).uppercased()
    return owner(wanted, in: "/proc/net/tcp") ?? owner(wanted, in: "/proc/net/tcp6")
  }

  /// Reads no further than the listeners, which are the first of the table: a machine at work has
  /// thousands of connections behind them.
  private static func owner(_ wanted: String, in table: String) -> UInt32? {
    guard let file = fopen(table, "re") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 512)
    // The headline.
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let line = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let fields = line.split(separator: UInt8(ascii: " "))
      // The state of a listener is 0A; the user is the eighth field.
      guard fields.count > 7, fields[3].elementsEqual("0A".utf8) else { return nil }
      guard fields[1].suffix(wanted.utf8.count).elementsEqual(wanted.utf8) else { continue }
      return UInt32(String(decoding: fields[7], as: UTF8.self))
    }
    return nil
  }
}
