import JSON
import KubernetesClient

/// Walks the hops of a ServiceAccount's identity without an app; each hop has a file of its own.
struct Explainer {
  let account: AccountName
  /// An existing pod that is looked at as well.
  let podName: String?
  let stack: StackInfo
  let context: CommandContext
  let kubernetes: KubernetesClient
  let aws: AWSClient
  let admins: [AdminClient]
  let mend: Mend
  private(set) var steps: [ExplainStep] = []
  private(set) var warnings: [ExplainWarning] = []

  /// A walk for an account of a stack.
  init(
    _ account: AccountName, pod: String?, stack: StackInfo, context: CommandContext
  ) throws {
    self.account = account
    podName = pod
    self.stack = stack
    self.context = context
    kubernetes = try context.kubernetes(stack)
    aws = try context.aws(stack)
    admins = context.admins(stack)
    mend = Mend(account: account, stack: stack)
  }

  /// Walks as far as it goes; whether all is well.
  mutating func run() async -> Bool {
    do throws(ExplainStop) {
      try await servers()
      try await clocks()
    } catch {
      stop(error)
      return false
    }
    let refusals = await RefusalLookup.read(account, admins)
    let faults = await StackFaults.read(admins)
    var effective: EffectiveRole?
    var isWell = true
    do throws(ExplainStop) {
      try await walk(&effective)
    } catch {
      isWell = false
      let met = await StackFaults.read(admins).metSince(faults)
      stop(error.blaming(met))
    }
    for fault in await StackFaults.read(admins).active { warnings.append(fault.warning) }
    warnings += await refusals.warnings(effective, explainer: self, isWell: isWell)
    return isWell
  }

  private mutating func walk(_ effective: inout EffectiveRole?) async throws(ExplainStop) {
    let object = try await serviceAccount()
    let association = try await self.association(object)
    let role = try await self.role(association)
    let keys = PodKeys(
      account: account, stack: stack, hasTags: association["disableSessionTags"] != true)
    try trust(of: role, association, keys)
    let last = try await target(association, from: role, keys) ?? role
    effective = EffectiveRole(role: last, association: association, keys: keys)
    try await mutation(object)
    try await pods()
    try await exchange(last, keys)
  }

  private mutating func stop(_ stop: ExplainStop) {
    var step = stop.step
    if step.mend?.contains("podid up --detach --ephemeral") == true {
      step.text += "; the stack is ephemeral, so what was made in it is lost by the command"
    }
    steps.append(step)
  }

  /// Notes a hop that is well.
  mutating func good(_ hop: String, _ text: String) {
    steps.append(ExplainStep(hop: hop, isGood: true, text: text))
  }

  /// Notes what may not be meant so.
  mutating func warn(_ hop: String, _ text: String, mend: String? = nil) {
    warnings.append(ExplainWarning(hop: hop, text: text, mend: mend))
  }
}

/// The role that a pod's calls are made as, with what narrows it.
struct EffectiveRole: Sendable {
  let role: RoleLookup
  let association: JSON
  let keys: PodKeys
}
