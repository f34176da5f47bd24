import Glibc
import JSON

/// The programs that `compose/run` puts into a checkout for those that the machine lacks.
package enum CheckoutPrograms {
  /// Below the folder of the build: what is put on PATH first, then where the programs themselves are.
  private static let places = ["bin", "venv/bin", "clients"]

  /// The path of a program of the checkout whose build this podid is; nil where podid is no build
  /// of a checkout, or that has no such program.
  package static func path(of name: String) -> String? {
    guard !name.bytes.contains("/"), let own = try? Executables.folder() else { return nil }
    let parts = own.bytes.split(separator: "/", omittingEmptySubsequences: false)
    guard let index = parts.lastIndex(where: { $0.bytes == ".build" }) else { return nil }
    let build = parts[...index].joined(separator: "/")
    return places.map { "\(build)/\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Where a program is that PATH lacks, as a line for people; nil where nobody knows.
  package static func hint(for name: String) -> String? {
    guard let path = path(of: name) else { return nil }
    let folder = Mend.word(StackFile.folder(of: path))
    return "this checkout has one, \(path); for all commands: export PATH=\(folder):\"$PATH\""
  }
}
