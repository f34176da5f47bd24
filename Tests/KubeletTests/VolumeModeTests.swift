import Glibc
import Platform
import TestSupport
import Testing

@testable import Kubelet

/// The modes of a volume's files.
@Suite struct VolumeModeTests {
  @Test("a mode that changes is that of the file, also where its bytes are the same")
  func changed() throws {
    let root = try Scratch.folder()
    let folder = AtomicFolder(root: root, names: ["v"])
    for mode in [0o644, 0o400] as [UInt32] {
      try folder.write(
        [VolumeFile(path: "token", bytes: [0x31], mode: mode)],
        now: Instant(seconds: 1_795_500_000), randomness: .system)
      var status = stat()
      #expect(stat("\(root)/v/token", &status) == 0)
      #expect(status.st_mode & 0o7777 == mode)
    }
  }
}
