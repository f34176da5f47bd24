import HTTP
import JSON

extension HTTPResponse {
  /// The characters of all warnings together, beyond which each is cut.
  private static let warningLimit = 4096
  /// What is left of each then, in characters.
  private static let cutWarningLimit = 256

  /// Adds texts that clients show to people (RFC 7234 section 5.5), each once, as many as
  /// kube-apiserver adds: where they are too long together each is cut, and the last are left out.
  mutating func warn(of warnings: [String]) {
    var seen: Set<ByteText> = []
    let texts = warnings.filter { !$0.isEmpty && seen.insert($0.bytes).inserted }
    let isTooLong = texts.reduce(0) { $0 + $1.unicodeScalars.count } > Self.warningLimit
    var written = 0
    for text in texts {
      if isTooLong, written >= Self.warningLimit { return }
      var shown = text
      if isTooLong {
        shown.unicodeScalars = .init(text.unicodeScalars.prefix(Self.cutWarningLimit))
      }
      written += shown.unicodeScalars.count
      headers.append("Warning", "299 - \(JSON.string(shown).text())")
    }
  }
}
