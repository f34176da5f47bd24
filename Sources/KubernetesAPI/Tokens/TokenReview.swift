import JSON

/// `POST /apis/authentication.k8s.io/v1/tokenreviews`.
struct TokenReview: Sendable {
  let authenticator: TokenAuthenticator

  /// Answers a review with the same, its status filled in.
  func create(_ body: JSON, objects: some ClusterObjects) async throws(StatusError) -> JSON {
    let token = body.at("spec", "token")?.string ?? ""
    guard !token.isEmpty else {
      throw .badRequest("token is required for TokenReview in authentication")
    }
    let wanted = body.at("spec", "audiences")?.strings ?? []
    var spec: JSONObject = ["token": .string(token)]
    if !wanted.isEmpty { spec["audiences"] = .strings(wanted) }
    return [
      "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1",
      "metadata": ["creationTimestamp": .null], "spec": .object(spec),
      "status": await status(of: token, wanted: wanted, objects: objects),
    ]
  }

  private func status(
    of token: String, wanted: [String], objects: some ClusterObjects
  ) async -> JSON {
    do throws(TokenRefusal) {
      let verdict = try await authenticator.authenticate(token, wanted: wanted, objects: objects)
      return [
        "authenticated": true, "user": verdict.user.json, "audiences": .strings(verdict.audiences),
      ]
    } catch {
      return ["user": [:], "error": .string(error.reviewText)]
    }
  }
}

extension KubernetesUser {
  /// The user as `UserInfo`, empty members left out.
  var json: JSON {
    var info: JSONObject = ["username": .string(name)]
    if !uid.isEmpty { info["uid"] = .string(uid) }
    if !groups.isEmpty { info["groups"] = .strings(groups) }
    if !extra.isEmpty {
      var members = JSONObject()
      for (key, values) in extra { members[key.string] = .strings(values) }
      info["extra"] = .object(members.sorted())
    }
    return .object(info)
  }
}
