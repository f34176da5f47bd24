extension StatusError {
  /// What is wrong with an object, in order, and no more of it than ``limit``: each cause stands in the
  /// answer twice, and may be many times longer than what it is about.
  struct Causes: Sendable, ExpressibleByArrayLiteral {
    /// How many are kept.
    static let limit = 1000

    private var list: [Cause] = []

    init(arrayLiteral elements: Cause...) {
      for cause in elements { append(cause) }
    }

    /// Whether there is no room for more, so that looking for more has no use.
    var isFull: Bool { list.count >= Self.limit }

    /// Adds one, which is made only where there is room for it.
    mutating func append(_ cause: @autoclosure () -> Cause) {
      if !isFull { list.append(cause()) }
    }

    static func += (causes: inout Causes, others: Causes) {
      for cause in others { causes.append(cause) }
    }

    static func + (causes: Causes, others: Causes) -> Causes {
      var sum = causes
      sum += others
      return sum
    }
  }
}

extension StatusError.Causes: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { list.count }
  subscript(position: Int) -> StatusError.Cause { list[position] }
}
