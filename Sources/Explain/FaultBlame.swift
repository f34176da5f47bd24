import CommandCore

extension ExplainStop {
  /// The stop, whose cause is a fault where one was met and nothing else is known to be wrong.
  func blaming(_ faults: [StackFaults.Fault]) -> ExplainStop {
    guard wasTried, let fault = faults.last else { return self }
    return ExplainStop(
      step.hop, "\(step.text); this is the fault that \(fault.service) has set: \(fault.text)",
      mend: fault.mend)
  }
}

extension StackFaults.Fault {
  /// The fault as a warning.
  var warning: ExplainWarning { ExplainWarning(hop: "fault", text: notice, mend: mend) }
}
