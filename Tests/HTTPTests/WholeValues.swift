import HTTP

// Tests compare whole values, by all that they show; the servers never do.

extension HTTPRequestFailure: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}

extension HTTPServerError: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}
