import AdminAPI
import JSON
import Platform

/// The issuer of the cluster's tokens: an identity chosen once and kept, not an address.
enum Issuer {
  /// What an issuer looks like (OpenID Connect Discovery 1.0 section 3).
  static let form = SettingForm(
    "URL", "must be an https URL without query and fragment", accepts: isAcceptable)

  /// The issuer kept in `path`, or at first start the wanted one, else `fallback`, which is kept.
  /// - Throws: where the kept issuer is another than the wanted one.
  static func settle(
    path: String, wanted: String?, fallback: String
  ) throws(StartFailure) -> String {
    do {
      if SafeFile.exists(path) {
        try SafeFile.checkSole(path)
        let text = try SafeFile.readText(path, limit: 4096)
        let kept = String(Substring(text.utf8.prefix { $0 > 0x20 }))
        guard isAcceptable(kept) else {
          throw StartFailure("\(path) does not hold an issuer; remove it to choose a new one")
        }
        if let wanted, wanted.bytes != kept.bytes {
          throw StartFailure(
            "--issuer is \(wanted), but this state's tokens are issued by \(kept): "
              + "start without --issuer, or with another --state")
        }
        return kept
      }
      let issuer = wanted ?? fallback
      try SafeFile.write(Array("\(issuer)\n".utf8), to: path)
      return issuer
    } catch let failure as StartFailure {
      throw failure
    } catch {
      throw StartFailure("\(error)")
    }
  }

  private static func isAcceptable(_ text: String) -> Bool {
    text.bytes.hasPrefix("https://") && text.utf8.count > 8
      && text.utf8.allSatisfy {
        $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
      }
  }
}
