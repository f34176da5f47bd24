import AWSDoor
import HTTP
import JSON
import Platform

/// A page of a list of EKS: `maxResults` and `nextToken`.
struct Page {
  let size: Int
  /// The identity of the item that the page before ended with.
  let after: String?

  /// Reads the query.
  init(_ call: RESTCall) throws(Refusal) {
    let limit = try call.integer(inQuery: "maxResults")
    var constraints = Constraints(quotesValues: true)
    constraints.number("maxResults", limit, range: 1...100)
    size = limit ?? 100
    if let objection = constraints.objection {
      throw EKSFailure.invalidParameter(objection).refusal
    }
    guard let token = call.query["nextToken"] else {
      after = nil
      return
    }
    guard let bytes = Base64.decodeURL(token), let text = String(validating: bytes, as: UTF8.self),
      text.bytes.hasPrefix("after:")
    else {
      throw EKSFailure.invalidParameter("The parameter nextToken is not valid.").refusal
    }
    after = String(Substring(text.utf8.dropFirst(6)))
  }

  /// The page's items, and the token for the next page if there is one.
  ///
  /// Where the item that the page before ended with is gone, `isAfter` finds where to go on.
  func cut<Item>(
    _ items: [Item], id: (Item) -> String, isAfter: (Item, String) -> Bool
  ) -> (items: ArraySlice<Item>, next: String?) {
    let start = after.map { after in items.firstIndex { isAfter($0, after) } ?? items.count } ?? 0
    let page = items[start...].prefix(size)
    guard page.endIndex < items.endIndex, let last = page.last else { return (page, nil) }
    return (page, Base64.encodeURL(Array("after:\(id(last))".utf8)))
  }
}
