import Glibc
import JSON
import TestSupport
import Testing

/// Text of callers is compared and hashed by bytes (`ByteText`): what the compiler made of each file
/// is asked for Swift's own comparison of texts, however the source spells it.
@Suite struct TextComparisonTests {
  /// Where Swift's comparison is used on purpose, by file or folder, and why that is no caller's text.
  static let allowed = [
    "Sources/JSON/ByteText.swift": "texts of at most 15 bytes, and only to say that they differ",
    "Sources/SQLite/Connection.swift": "the server's own SQL, and its path of the database",
    "Sources/HTTP/HTTPClientMessages.swift": "errors of the client, which tests compare",
    "Sources/AWSWire/AWSError.swift": "an error, which tests compare",
    "Sources/AWSWire/AccessKeyFile.swift": "a path of this server's state, which tests compare",
    "Sources/AWSWire/SigV4.swift": "credentials and scopes, which tests compare",
    "Sources/AWSWire/SigV4Failure.swift": "an error, which tests compare",
    "Sources/Console/ConsolePage.swift": "the page's own files, which the build embeds",
    "Sources/Doctor/Finding.swift": "what doctor says itself, which tests compare",
  ]

  /// Symbols by which texts and characters compare (mangled as Swift 6 does).
  private static let comparisons: Set<String> = [
    // String's ==, <, hasPrefix and hasSuffix.
    "$sSS2eeoiySbSS_SStFZ", "$sSS1loiySbSS_SStFZ", "$sSS9hasPrefixySbSSF", "$sSS9hasSuffixySbSSF",
    // String and Substring as Equatable, Hashable, Comparable: for dictionaries, sets, switch, contains.
    "$sSSSQsWP", "$sSSSHsWP", "$sSSSLsWP", "$sSsSQsWP", "$sSsSHsWP", "$sSsSLsWP",
    // Character's ==, and what split and firstIndex(of:) of characters need.
    "$sSJ2eeoiySbSJ_SJtFZ", "$sSJSQsWP", "$sSJSHsWP",
  ]

  static func isComparison(_ symbol: String) -> Bool {
    if comparisons.contains(symbol) || isInitializerOfEnum(symbol) { return true }
    // StringProtocol's ==, <, hasPrefix, hasSuffix, and the searches of _StringProcessing.
    return ["$sSysE2eeoi", "$sSysE1loi", "$sSysE9hasPrefix", "$sSysE9hasSuffix"]
      .contains { symbol.hasPrefix($0) }
      || symbol.hasPrefix("$sSy17_StringProcessing") && symbol.hasSuffix("F")
  }

  /// `init(rawValue:)` of an enum of texts, which compares them as Swift does.
  private static func isInitializerOfEnum(_ symbol: String) -> Bool {
    symbol.hasSuffix("SgSS_tcfC") && symbol.firstRange(of: "O8rawValue") != nil
  }

  /// Whether a function is a thunk of a conformance: every enum of texts has some, which take its own
  /// raw values.
  private static func isThunk(_ function: String) -> Bool {
    function.hasSuffix("TW") || function.hasSuffix("Wl") || function.hasSuffix("WL")
  }

  /// The folder of the debug build that this test runs from.
  private static var build: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer.prefix(max(count, 0)).map { UInt8($0) }, as: UTF8.self)
    return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
  }

  @Test("no file compares texts as Swift does")
  func symbols() throws {
    var found: [String: Set<String>] = [:]
    for file in Repository.files(below: "Sources", suffix: ".swift") {
      let parts = file.split(separator: "/")
      let room = parts[1].split(separator: "-").joined(separator: "_")
      let name = parts.last ?? ""
      let object = ["\(parts[1])", room].lazy
        .compactMap { ObjectFile(path: "\(Self.build)/\($0).build/\(name).o") }.first
      let references = try #require(object, "\(file) has no object file beside the tests")
        .references(to: Self.isComparison).filter { !Self.isThunk($0.function) }
      for (function, symbol) in references {
        found[file, default: []].insert("\(symbol) in \(function)")
      }
    }
    for (file, uses) in found.sorted(by: { $0.key < $1.key })
    where !Self.allowed.keys.contains(where: { file.hasPrefix($0) }) {
      Issue.record("\(file) compares texts as Swift does, not by bytes: \(uses.sorted())")
    }
    for (place, _) in Self.allowed where !found.keys.contains(where: { $0.hasPrefix(place) }) {
      Issue.record("\(place) needs no exception any more")
    }
  }

  /// The compiler calls a private enum's initializer without a symbol, so this is read in the source.
  @Test("no enum of texts is looked up by init(rawValue:)")
  func rawValues() throws {
    for file in Repository.files(below: "Sources", suffix: ".swift")
    where !Self.allowed.keys.contains(where: { file.hasPrefix($0) }) {
      for line in try Repository.text(file).split(separator: "\n") {
        guard let found = line.firstRange(of: "(rawValue: "),
          let next = line[found.upperBound...].first
        else { continue }
        // A type's name declares the initializer, a digit is an option's.
        #expect(next.isUppercase || next.isNumber, "\(file): \(line); use init(named:)")
      }
    }
  }
}
