import AWSDoor

/// Changes a role's description and longest session; what is not given stays.
struct UpdateRole: QueryOperation {
  let name = "UpdateRole"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let description = call["Description"]
    let longest = try call.integer("MaxSessionDuration")
    let role = try call.role(allowing: name) { constraints in
      constraints.text("description", description, length: 0...1000, pattern: .description)
      constraints.number("maxSessionDuration", longest, range: 3600...43_200)
    }
    try await call.change(role) { settings in
      if let description { settings.description = description }
      if let longest { settings.maxSessionSeconds = longest }
    }
    return [:]
  }
}
