package import JSON
import Platform
import YAML

/// A value of a seed's file, which knows where it stands.
package struct SeedNode: Sendable {
  /// The value as JSON.
  package let value: JSON
  private let path: String
  private let lines: YAMLPlace

  private init(_ value: JSON, _ path: String, _ lines: YAMLPlace) {
    self.value = value
    self.path = path
    self.lines = lines
  }

  /// The documents of a file; JSON is YAML.
  /// - Throws: why it cannot be read, or the line that is no YAML.
  static func documents(of path: String, limit: Int) throws(CommandFailure) -> [SeedNode] {
    let text: String
    do throws(FileError) { text = try SafeFile.readText(path, limit: limit) } catch {
      throw CommandFailure("\(error)")
    }
    do throws(YAMLError) {
      return try YAML.placed(text).map { SeedNode($0.value, path, $0.place) }
    } catch { throw CommandFailure("\(path):\(error.line): \(error.message)") }
  }

  /// The same with the account's number replaced by a stack's.
  func placed(in account: String) -> SeedNode {
    SeedNode(SeedAccount.placed(value, in: account), path, lines)
  }

  /// `FILE:LINE`.
  package var place: String { "\(path):\(lines.line)" }

  /// A member of a map; nil where there is none.
  package subscript(name: String) -> SeedNode? {
    value[name].map { SeedNode($0, path, lines[name]) }
  }

  /// The items of a list; nil where it is none.
  var items: [SeedNode]? {
    value.array?.enumerated().map { SeedNode($1, path, lines[$0]) }
  }

  /// A failure here, or at a member.
  func failure(at name: String? = nil, _ reason: String) -> CommandFailure {
    CommandFailure("\(name.flatMap { self[$0] }?.place ?? place): \(reason)")
  }
}
