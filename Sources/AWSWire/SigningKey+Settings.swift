package import Platform

/// How a server is told what it signs its own calls of AWS with.
extension SigningKey {
  /// The rows of a server's table; `service` is whose calls are signed.
  package static func rows(service: String) -> [Setting] {
    [
      Setting(
        "aws-access-key-id", placeholder: "ID", default: "test", "key id for calls of \(service)"),
      Setting(
        "aws-secret-access-key", placeholder: "KEY", default: "test", "secret key for them"),
      Setting(
        "aws-credentials-file", placeholder: "FILE",
        "file with both, as aws-api writes it; read for each call, and instead of the two"),
    ]
  }

  /// The key that ``rows(service:)`` were given.
  package init(_ settings: Settings) throws(UsageError) {
    if let path = settings.string("aws-credentials-file") {
      self = .file(AccessKeyFile(path: path))
    } else {
      self = .fixed(
        AWSCredentials(
          accessKeyID: try settings.required("aws-access-key-id"),
          secretAccessKey: try settings.required("aws-secret-access-key")))
    }
  }
}
