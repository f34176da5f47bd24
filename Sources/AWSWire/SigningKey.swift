package import Platform

/// What a server signs its own calls of AWS with.
package enum SigningKey: Sendable, Hashable {
  case fixed(AWSCredentials)
  case file(AccessKeyFile)

  /// The key of this moment.
  /// - Throws: where it is in a file that cannot be read, such as one that aws-api has yet to write.
  package func current() throws(FileError) -> AWSCredentials {
    switch self {
    case .fixed(let key): key
    case .file(let file): try file.read()
    }
  }
}
