import JSON

extension ResourceKind {
  /// Events of the core group.
  static let events = ResourceKind(
    kind: "Event", name: "events", singular: "event", shortNames: ["ev"], deletionAnswer: .status,
    selectableFields: [
      "involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
      "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
      "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ],
    nameRule: .any,
    types: [
      "Event": """
      action apiVersion count:int32 eventTime firstTimestamp involvedObject:ObjectReference kind \
      lastTimestamp message metadata:ObjectMeta reason related:ObjectReference reportingComponent \
      reportingInstance series:any source:EventSource type
      """,
      "EventSource": "component host",
    ],
    columns: [
      TableColumn(name: "Last Seen") { event, now in
        .string(HumanAge.text(since: event["lastTimestamp"]?.string, now: now))
      }, .text("Type", "type"), .text("Reason", "reason"),
      TableColumn(name: "Object") { event, _ in
        let object = event["involvedObject"]
        let kind = object?["kind"]?.string?.bytes.asciiLowercased ?? ""
        return .string("\(kind)/\(object?["name"]?.string ?? "")")
      }, .text("Message", "message"),
    ],
    nodeRules: EventNodeRules())
}

/// A node tells of what happens to its pods.
private struct EventNodeRules: NodeRules {
  let access = [
    AccessRule(verbs: ["create", "update", "patch"], groups: [""], resources: ["events"])
  ]
}
