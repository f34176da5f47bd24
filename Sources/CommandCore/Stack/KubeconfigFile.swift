package import JSON
package import KubernetesClient
import Platform
import YAML

/// A kubeconfig as podid reads it: in JSON, as its servers write it, or in YAML, as kubectl does.
package struct KubeconfigFile: Sendable {
  /// Larger than any that programs write (bytes).
  private static let limit = 1 << 20

  /// The file that it was read from.
  package let path: String
  let bytes: [UInt8]
  /// The file's content.
  package let json: JSON

  /// Reads a file; `isOwn` where it must be this user's.
  /// - Throws: where it cannot be read, is another user's, or is in neither form.
  package init(_ path: String, isOwn: Bool = false) throws(CommandFailure) {
    do throws(FileError) {
      bytes =
        isOwn
        ? try SafeFile.readOwn(path, limit: Self.limit).bytes
        : try SafeFile.read(path, limit: Self.limit)
    } catch { throw CommandFailure("\(error)") }
    self.path = path
    if let json = try? JSON.parse(bytes) {
      self.json = json
      return
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure("\(path): is not UTF-8 text")
    }
    do throws(YAMLError) { json = try YAML.documents(text).first ?? .null } catch {
      throw CommandFailure("\(path): \(error)")
    }
  }

  /// Where its current context leads, and as whom.
  package func config() throws(CommandFailure) -> KubeConfig {
    do { return try KubeConfig(json: json, path: path, folder: StackFile.folder(of: path)) } catch {
      throw CommandFailure("\(error)")
    }
  }
}

extension StackAccess {
  /// The administrator's kubeconfig of a stack, of which podid itself is the only reader.
  /// - Throws: where it is not as podid left it, leads elsewhere, or belongs to another user.
  package func kubeconfig(_ stack: StackInfo) throws(CommandFailure) -> KubeconfigFile {
    let file = try KubeconfigFile(stack.kubeconfig, isOwn: stack.isOwn)
    if stack.isOwn, stack.entry != nil {
      // Of the bytes that are used, not of those that a second look would find.
      try StateSeal(stack.state, environment).check(StateSeal.administrator, is: file.bytes)
    }
    try stack.check(try file.config())
    return file
  }
}
