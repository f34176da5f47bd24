import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// What a command printed, for tests in a process of their own: it takes the process's streams.
struct Printed: Sendable {
  /// Nil where it threw.
  var code: Int32?
  /// What it threw.
  var failure = ""
  /// Whether that was wrong usage.
  var isUsage = false
  var output: [String] = []
  var errors: [String] = []

  /// Runs a command of these words.
  static func by(
    _ command: Command, _ words: [String] = [], _ environment: [String: String] = [:]
  ) async throws -> Printed {
    try await of {
      let context = try CommandContext.of(command, words, environment.byBytes)
      return try await command.body(context)
    }
  }

  /// Runs a body; what it returns is the exit code.
  static func of(_ body: () async throws -> Int32) async throws -> Printed {
    var printed = Printed()
    let (output, errors) = (try Taken(1), try Taken(2))
    do { printed.code = try await body() } catch {
      printed.failure = "\(error)"
      printed.isUsage = error is UsageError
    }
    printed.output = try output.end()
    printed.errors = try errors.end()
    return printed
  }

  /// A stream of this process that goes into a file for a while.
  private struct Taken {
    private let descriptor, kept: Int32
    private let path = Scratch.path()

    init(_ descriptor: Int32) throws {
      self.descriptor = descriptor
      kept = dup(descriptor)
      let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      try #require(kept >= 0 && file >= 0 && dup2(file, descriptor) == descriptor)
      close(file)
    }

    func end() throws -> [String] {
      dup2(kept, descriptor)
      close(kept)
      let text = String(decoding: try SafeFile.read(path), as: UTF8.self)
      return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        .dropLast(text.hasSuffix("\n") || text.isEmpty ? 1 : 0)
    }
  }
}

extension [String: String] {
  /// The variables by the bytes of their names, as an environment has them; what a test captures must
  /// be `Codable`, which texts are.
  var byBytes: [ByteText: String] {
    [ByteText: String](uniqueKeysWithValues: map { ($0.key.bytes, $0.value) })
  }
}
