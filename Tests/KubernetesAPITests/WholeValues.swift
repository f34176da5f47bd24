@testable import KubernetesAPI

// Tests compare whole values, by all that they show; the servers never do.

extension AccessAttributes: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}

extension ServiceAccountClaims: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}

extension TokenRefusal: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}

extension ProtobufFailure: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}

extension BearerToken.Credential: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}
