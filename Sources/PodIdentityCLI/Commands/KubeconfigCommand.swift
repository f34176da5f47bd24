import CommandCore
import HTTP
import JSON
import Platform

extension Command {
  static let kubeconfig = Command(
    name: "kubeconfig", usage: "[--server URL] [--stack FILE]",
    summary: "print the administrator's kubeconfig",
    options: [Option("server", "URL", "the server to name in it"), stackOption]
  ) { context in
    if let server = context.arguments["server"], HTTPURL(server) == nil {
      throw UsageError("podid kubeconfig: --server must be an http or https URL, not \"\(server)\"")
    }
    let stack = try context.stack()
    var json = try context.kubeconfig(stack).json
    if let server = context.arguments["server"], var config = json.object,
      var cluster = json["clusters"]?[0]?.object, var inner = cluster["cluster"]?.object
    {
      inner["server"] = .string(server)
      cluster["cluster"] = .object(inner)
      config["clusters"] = [.object(cluster)]
      json = .object(config)
    }
    context.print(lines: json.text([.indented]))
    return 0
  }
}
