import JSON

/// What somebody wants to do, in the terms of authorization.
enum AccessAttributes: Sendable {
  /// A verb on a resource.
  case resource(ResourceAccess)
  /// A verb (the method in lower case) on a path outside the resources.
  case path(verb: String, path: String)

  /// The attributes in an access review's spec; nil where it has none.
  init?(reviewSpec spec: JSON?) {
    if let resource = spec?["resourceAttributes"], !resource.isNull {
      self = .resource(
        ResourceAccess(
          verb: resource["verb"]?.string ?? "", group: resource["group"]?.string ?? "",
          resource: resource["resource"]?.string ?? "",
          subresource: resource["subresource"]?.string ?? "",
          namespace: resource["namespace"]?.string ?? "", name: resource["name"]?.string ?? ""))
    } else if let path = spec?["nonResourceAttributes"], !path.isNull {
      self = .path(verb: path["verb"]?.string ?? "", path: path["path"]?.string ?? "")
    } else {
      return nil
    }
  }
}

/// A verb on a resource; parts that do not apply are empty.
struct ResourceAccess: Sendable {
  var verb: String
  var group: String
  var resource: String
  var subresource = ""
  var namespace = ""
  var name = ""

  /// Resource and subresource as rules write them, such as `serviceaccounts/token`.
  var path: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }
}
