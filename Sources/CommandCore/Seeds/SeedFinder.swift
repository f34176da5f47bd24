import Glibc
import Platform

/// Where the default seed is.
enum SeedFinder {
  /// `PODID_SEED_DIR`, then the folder installed beside the programs, then that of the checkout in
  /// which they were built.
  static func standard(_ environment: ProcessEnvironment) throws(CommandFailure) -> String {
    if let path = environment["PODID_SEED_DIR"], !path.isEmpty { return path }
    let folder = try Executables.folder()
    var candidates = ["\(folder)/../share/podid/seed"]
    var parent = folder
    while let slash = parent.utf8.lastIndex(of: UInt8(ascii: "/")), slash != parent.startIndex {
      parent = String(parent[..<slash])
      if access("\(parent)/Package.swift", F_OK) == 0 { candidates.append("\(parent)/seed") }
    }
    guard let found = candidates.first(where: { access("\($0)/kubernetes", F_OK) == 0 }) else {
      throw CommandFailure("no default seed is found; name a folder with --seed or PODID_SEED_DIR")
    }
    return found
  }
}
