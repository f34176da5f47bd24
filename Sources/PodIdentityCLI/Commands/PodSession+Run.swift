import CommandCore
import JSON
import Platform

extension PodSession {
  /// Runs `body` with the environment of a process in a pod, which is removed afterwards if podid made
  /// it; the exit code of `body`, or that of the signal that came before.
  static func run(
    as account: AccountName, pod name: String?, stack: StackInfo, context: CommandContext,
    _ body: ([ByteText: String]) async throws -> Int32
  ) async throws -> Int32 {
    let session: PodSession
    do {
      session = try await SignalWatch.cancelling {
        try await open(account, pod: name, stack: stack, context.access)
      }
    } catch {
      if let signal = SignalWatch.caught { return 128 + signal }
      throw error
    }
    do {
      session.warnWithoutIdentity(account, context)
      let code = try await body(
        session.environment(over: context.environment.variables, stack: stack, context: context))
      await session.close()
      return code
    } catch {
      await session.close()
      throw error
    }
  }
}
