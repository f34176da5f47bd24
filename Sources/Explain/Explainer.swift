import AWSClient
package import CommandCore
package import JSON
import KubernetesClient
package import Platform

/// Walks the hops of a ServiceAccount's identity without an app; each hop has a file of its own.
package struct Explainer {
  let account: AccountName
  /// An existing pod that is looked at as well.
  let podName: String?
  /// The stack that is walked through.
  package let stack: StackInfo
  let access: StackAccess
  let kubernetes: KubernetesClient
  let aws: AWSClient
  let admins: [AdminClient]
  /// The commands that change the account and its association.
  package let mend: AccountMend
  /// How far the servers' clocks are moved.
  var clockOffset = Duration.zero
  /// The hops so far, in a request's order; only the last can be bad.
  package private(set) var steps: [ExplainStep] = []
  /// What is no obstacle, in the order in which it was found.
  package private(set) var warnings: [ExplainWarning] = []

  /// A walk for an account of a stack.
  package init(
    _ account: AccountName, pod: String?, stack: StackInfo, _ access: StackAccess
  ) throws {
    self.account = account
    podName = pod
    self.stack = stack
    self.access = access
    kubernetes = try access.kubernetes(stack)
    aws = try access.aws(stack)
    admins = access.admins(stack)
    mend = AccountMend(account: account, stack: stack)
  }

  /// Walks as far as it goes; whether all is well.
  package mutating func run() async -> Bool {
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
    warnings += refusals.warnings(effective, now: access.clock.now, isWell: isWell)
    warnings += await RootCalls.warnings(admins, now: access.clock.now)
    return isWell
  }

  private mutating func walk(_ effective: inout EffectiveRole?) async throws(ExplainStop) {
    let object = try await serviceAccount()
    let association = try await self.association(object)
    let role = try await self.role(association)
    let keys = PodKeys(
      account: account, stack: stack, now: now,
      hasTags: association["disableSessionTags"] != true)
    try trust(of: role, association, keys)
    let last = try await target(association, from: role, keys) ?? role
    effective = EffectiveRole(role: last, association: association, keys: keys)
    try await mutation(object)
    try await pods()
    do throws(ExplainStop) { try await exchange(last, keys) } catch { throw error.ofTrial }
  }

  /// The servers' time.
  package var now: Instant { access.clock.now + clockOffset }

  private mutating func stop(_ stop: ExplainStop) {
    var step = stop.step
    if step.mend?.losesStack == true {
      step.text += "; the stack is ephemeral, so what was made in it is lost by the command"
    }
    steps.append(step)
  }

  /// Notes a hop that is well.
  mutating func good(_ hop: String, _ text: String) {
    steps.append(ExplainStep(hop: hop, isGood: true, text: text))
  }

  /// Notes what may not be meant so.
  package mutating func warn(_ hop: String, _ text: String, mend: MendCommand? = nil) {
    warnings.append(ExplainWarning(hop: hop, text: text, mend: mend))
  }
}

/// The role that a pod's calls are made as, with what narrows it.
package struct EffectiveRole: Sendable {
  /// The role whose policies count: the target role, where the association has one.
  package let role: RoleLookup
  /// The association as EKS describes it.
  package let association: JSON
  /// The session's tags and condition keys.
  package let keys: PodKeys

  /// A role, as an association gives it to pods with these keys.
  package init(role: RoleLookup, association: JSON, keys: PodKeys) {
    self.role = role
    self.association = association
    self.keys = keys
  }
}
