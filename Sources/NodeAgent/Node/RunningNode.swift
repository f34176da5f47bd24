import AdminAPI
import HTTP
import JSON
import KubernetesClient
import Platform
import Synchronization

/// The node as soon as there is a cluster that knows it.
final class RunningNode: Sendable {
  private let server: ServerContext
  private let settings: NodeAgentSettings
  /// Nil where nobody checks tokens here.
  private let keys: APIServerKeys?
  private let controller = Mutex<NodeController?>(nil)

  /// A node that is not running yet.
  init(_ server: ServerContext, _ settings: NodeAgentSettings, keys: APIServerKeys? = nil) {
    self.server = server
    self.keys = keys
    self.settings = settings
  }

  /// Waits for the kubeconfig, which kubernetes-api may write later, and works as its node; one
  /// that was kept may name a port of before, until kubernetes-api writes it anew.
  func run() async {
    var told: String?
    let path =
      server.settings.string("kubeconfig") ?? server.root.file("kubernetes-api/node/kubeconfig")
    // Followed from the first failure on, before the file is read again.
    var changes: AsyncStream<Void>.AsyncIterator?
    while !Task.isCancelled {
      do {
        let config = try KubeConfig(path: path)
        let pods = server.settings.string("pods") ?? server.root.file("pods")
        try SafeFile.makeFolder(pods)
        let client = try KubernetesClient(config, loops: server.loops, mark: server.mark.put)
        let node = NodeController(
          client: client, node: settings.node,
          root: pods, clock: server.clock, realClock: server.realClock, mark: server.mark,
          randomness: server.randomness, events: server.events, log: server.log,
          isOutdated: { (try? KubeConfig(path: path)).map { $0 != config } ?? false })
        controller.withLock { $0 = node }
        changes = nil
        // What the node does by itself is the stack's; its pods' work says whose that is.
        await EventOrigin.$current.withValue(.stack) {
          await withTaskGroup(of: Void.self) { [keys] group in
            if let keys {
              group.addTask {
                await keys.use {
                  // A key set is a type of its own, which an API server gives to nobody who wants
                  // JSON alone.
                  try await client.send(
                    "GET", $0, accepts: "application/json, */*", timeout: .seconds(1))
                }
              }
            }
            await node.run()
          }
        }
      } catch {
        let text = "\(error)"
        if told?.bytes != text.bytes {
          server.log.info("waiting for the cluster", ["reason": .string(text)])
        }
        told = text
        var waiting = changes ?? FileChanges.of(path).makeAsyncIterator()
        await waiting.next(isolation: nil)
        changes = waiting
      }
    }
  }

  /// Waits until the files of pods are as fresh as the clock, which was moved, asks.
  func settle() async { await controller.withLock { $0 }?.settle() }
}
