import HTTP
import JSON

/// How parameters become values (kubernetes/apimachinery `pkg/runtime/converter.go` and
/// `conversion.go`, `Convert_Slice_string_To_*`): of several of one name the first counts.
extension QueryParameters {
  /// A boolean: false where it is missing, "0" or "false" in any case; everything else is true, no
  /// text too.
  func flag(_ name: String) -> Bool { optionalFlag(name) ?? false }

  /// The same; nil where it is missing.
  func optionalFlag(_ name: String) -> Bool? {
    self[name].map { $0.bytes != "0" && $0.bytes.asciiLowercased != "false" }
  }

  /// A signed integer of 64 bits; nil where it is missing.
  func integer(_ name: String) throws(StatusError) -> Int64? {
    guard let text = self[name] else { return nil }
    do throws(GoNumberFailure) { return try GoNumber.signed(text) } catch {
      throw .badRequest(error.description)
    }
  }
}
