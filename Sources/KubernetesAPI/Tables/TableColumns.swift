import JSON
import Platform

/// The columns of each resource (kubernetes/kubernetes `pkg/printers/internalversion/printers.go`).
struct TableColumns: Sendable {
  let name: String
  var type = "string"
  var format = ""
  /// 1 for what `-o wide` alone shows.
  var priority: Int64 = 0
  let cell: @Sendable (JSON, Instant) -> JSON

  /// The column's definition.
  var json: JSON {
    [
      "name": .string(name), "type": .string(type), "format": .string(format),
      "description": .string("The \(name.lowercased()) of the object."),
      "priority": .integer(priority),
    ]
  }

  /// The columns of a resource.
  static func of(_ resource: ClusterResource) -> [TableColumns] {
    switch resource {
    case .serviceAccounts:
      [name, count("Secrets", "secrets"), age]
    case .namespaces: [name, text("Status", "status", "phase"), age]
    case .configMaps: [name, count("Data", "data", "binaryData"), age]
    case .secrets: [name, text("Type", "type"), count("Data", "data"), age]
    case .nodes:
      [
        name, TableColumns(name: "Status") { node, _ in .string(nodeStatus(node)) },
        TableColumns(name: "Roles") { _, _ in "<none>" }, age,
        text("Version", "status", "nodeInfo", "kubeletVersion"),
      ]
    case .services:
      [
        name, text("Type", "spec", "type"), text("Cluster-IP", "spec", "clusterIP"),
        TableColumns(name: "External-IP") { _, _ in "<none>" },
        TableColumns(name: "Port(s)") { service, _ in
          let ports = (service.at("spec", "ports")?.array ?? []).map {
            "\($0["port"]?.integer ?? 0)/\($0["protocol"]?.string ?? "TCP")"
          }
          return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
        }, age,
      ]
    case .events:
      [
        TableColumns(name: "Last Seen") { event, now in
          .string(HumanAge.text(since: event["lastTimestamp"]?.string, now: now))
        }, text("Type", "type"), text("Reason", "reason"),
        TableColumns(name: "Object") { event, _ in
          let object = event["involvedObject"]
          let kind = object?["kind"]?.string?.lowercased() ?? ""
          return .string("\(kind)/\(object?["name"]?.string ?? "")")
        }, text("Message", "message"),
      ]
    case .pods: pods
    }
  }

  private static let pods: [TableColumns] = [
    name,
    TableColumns(name: "Ready") { pod, _ in
      let total = pod.at("spec", "containers")?.array?.count ?? 0
      let ready = (pod.at("status", "containerStatuses")?.array ?? [])
        .count { $0["ready"] == true }
      return .string("\(ready)/\(total)")
    },
    TableColumns(name: "Status") { pod, _ in
      if pod.isBeingDeleted { return "Terminating" }
      return pod.at("status", "reason") ?? pod.at("status", "phase") ?? "Unknown"
    },
    TableColumns(name: "Restarts") { pod, _ in
      let counts = (pod.at("status", "containerStatuses")?.array ?? [])
        .map { $0["restartCount"]?.integer ?? 0 }
      return .string("\(counts.reduce(0, +))")
    }, age,
    text("IP", "status", "podIP", priority: 1), text("Node", "spec", "nodeName", priority: 1),
    text("Nominated Node", "status", "nominatedNodeName", priority: 1),
    TableColumns(name: "Readiness Gates", priority: 1) { _, _ in "<none>" },
  ]

  private static let name = TableColumns(name: "Name", format: "name") { object, _ in
    .string(object.objectName)
  }
  private static let age = TableColumns(name: "Age") { object, now in
    .string(HumanAge.text(since: object.at("metadata", "creationTimestamp")?.string, now: now))
  }

  private static func text(_ title: String, _ path: String..., priority: Int64 = 0) -> TableColumns
  {
    TableColumns(name: title, priority: priority) { object, _ in
      var value: JSON? = object
      for name in path { value = value?[name] }
      return .string(value?.string ?? "<none>")
    }
  }

  private static func count(_ title: String, _ members: String...) -> TableColumns {
    TableColumns(name: title, type: "integer") { object, _ in
      .integer(
        Int64(
          members.reduce(0) {
            $0 + (object[$1]?.object?.count ?? object[$1]?.array?.count ?? 0)
          }))
    }
  }

  private static func nodeStatus(_ node: JSON) -> String {
    let ready = (node.at("status", "conditions")?.array ?? []).first { $0["type"] == "Ready" }
    var status =
      switch ready?["status"]?.string {
      case "True": "Ready"
      case nil: "Unknown"
      default: "NotReady"
      }
    if node.at("spec", "unschedulable") == true { status += ",SchedulingDisabled" }
    return status
  }
}
