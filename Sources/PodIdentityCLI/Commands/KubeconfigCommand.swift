import JSON
import Platform

extension Command {
  static let kubeconfig = Command(
    name: "kubeconfig", usage: "[--server URL] [--stack FILE]",
    summary: "print the administrator's kubeconfig",
    options: [Option("server", "URL", "the server to name in it"), stackOption]
  ) { context in
    let stack = try context.stack()
    var json = try JSON.parse(try SafeFile.read(stack.kubeconfig, limit: 1 << 20))
    if let server = context.arguments["server"], var config = json.object,
      var cluster = json["clusters"]?[0]?.object, var inner = cluster["cluster"]?.object
    {
      inner["server"] = .string(server)
      cluster["cluster"] = .object(inner)
      config["clusters"] = [.object(cluster)]
      json = .object(config)
    }
    context.print(json.text([.indented]))
    return 0
  }
}
