package import Platform

/// Temporary credentials as a caller receives them.
package struct SessionCredentials: Sendable {
  package let accessKeyID: String
  package let secretAccessKey: String
  package let sessionToken: String
  package let expires: Instant
}
