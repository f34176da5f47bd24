import KubernetesAPI
import Platform

/// The program kubernetes-api.
@main
enum Main {
  static func main() { Program.run { await KubernetesAPIMain.run() } }
}
