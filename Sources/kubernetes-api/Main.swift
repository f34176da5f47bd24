import KubernetesAPI
import Platform

/// The program kubernetes-api.
@main
enum Main {
  static func main() {
    Program.run(answer: KubernetesAPIMain.answer) { await KubernetesAPIMain.run() }
  }
}
