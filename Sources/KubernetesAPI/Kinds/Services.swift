import JSON

extension ResourceKind {
  /// Services; they are stored and shown, and route nothing.
  static let services = ResourceKind(
    kind: "Service", name: "services", singular: "service", shortNames: ["svc"],
    categories: ["all"], hasStatus: true,
    types: [
      "Service": "apiVersion kind metadata:ObjectMeta spec:any status:any"
    ],
    mergeKeys: ["spec.ports": "port", "status.conditions": "type"],
    columns: [
      .name, .text("Type", "spec", "type"), .text("Cluster-IP", "spec", "clusterIP"),
      TableColumn(name: "External-IP") { _, _ in "<none>" },
      TableColumn(name: "Port(s)") { service, _ in
        let ports = (service.at("spec", "ports")?.array ?? []).map {
          "\($0["port"]?.integer ?? 0)/\($0["protocol"]?.string ?? "TCP")"
        }
        return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
      }, .age,
    ],
    rules: ServiceRules())
}

/// The rules of Services.
private struct ServiceRules: KindRules {
  func prepareForCreate(_ object: inout JSONObject) {
    object.edit("spec") { spec in
      spec.fill("type", "ClusterIP")
      spec.fill("clusterIP", "None")
      spec.fill("sessionAffinity", "None")
      spec.editItems(of: "ports") { port in
        port.fill("protocol", "TCP")
        let number = port["port"] ?? .null
        port.fill("targetPort", number)
      }
    }
    object["status"] = ["loadBalancer": [:]]
  }
}
