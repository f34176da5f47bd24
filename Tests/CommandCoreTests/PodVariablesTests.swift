import JSON
import Testing

@testable import CommandCore

@Suite struct PodVariablesTests {
  @Test(
    "variables by which programs run other code are not taken",
    arguments: [
      "LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "PATH", "path", "HOME", "IFS", "ENV",
      "BASH_ENV", "BASH_FUNC_aws%%", "BASHOPTS", "SHELLOPTS", "PS4", "PS1", "PROMPT_COMMAND",
      "PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "NODE_OPTIONS", "NODE_PATH", "PERL5OPT",
      "PERL5LIB", "RUBYOPT", "RUBYLIB", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS",
      "MAVEN_OPTS", "KAFKA_OPTS", "CLASSPATH", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT",
      "DOTNET_STARTUP_HOOKS", "CORECLR_PROFILER_PATH", "GCONV_PATH", "OPENSSL_CONF", "EDITOR",
      "KUBE_EDITOR", "PAGER", "AWS_PAGER", "MANPAGER", "LESSOPEN", "LESS", "ZDOTDIR", "FPATH",
      "CDPATH", "MAILPATH", "RANDOM", "SRANDOM", "OPTIND", "HISTCMD", "SECONDS", "BROWSER",
      "SUDO_ASKPASS", "GOFLAGS", "CARGO_HOME", "RUSTC_WRAPPER", "npm_config_script_shell",
      "NPM_CONFIG_PREFIX", "PIP_INDEX_URL", "GEM_HOME", "BUNDLE_GEMFILE", "PHPRC", "LUA_INIT",
      "R_PROFILE_USER", "JULIA_LOAD_PATH", "MAKEFLAGS", "CC", "TERMINFO", "GLIBC_TUNABLES",
      "DOCKER_HOST", "XDG_CONFIG_HOME", "PSQLRC", "TAR_OPTIONS", "SWIFT_BACKTRACE", "PODID_GUARDED",
    ])
  func refused(name: String) throws {
    let variables = try PodVariables([(name, "x")], admitted: [])
    #expect(variables.taken.isEmpty)
    #expect(variables.refused == [name])
    let admitted = try PodVariables([(name, "x")], admitted: [name])
    #expect(admitted.taken.map(\.name) == [name])
    #expect(admitted.refused.isEmpty)
  }

  @Test(
    "what manifests set for their app is taken",
    arguments: [
      "A", "a.b", "a-b", "1a", "a b", "%", "LOG_LEVEL", "PYTHONUNBUFFERED", "PYTHONIOENCODING",
      "NODE_ENV", "RUST_LOG", "GOMAXPROCS", "GOGC", "GOOGLE_CLOUD_PROJECT", "AWS_REGION",
      "AWS_ACCESS_KEY_ID", "TZ", "LANG", "LC_ALL", "PORT", "HOST",
      "DATABASE_URL", "REDIS_URL", "PGHOST", "MYSQL_USER", "JAVA_VERSION", "TMPDIR", "USER", "TERM",
      "DOTNET_ENVIRONMENT", "ASPNETCORE_URLS", "RAILS_ENV", "MIX_ENV", "TF_VAR_x", "MODE",
      "ENVIRONMENT", "HOSTNAME", "PATHS", "SHELL_NAME", "MALLOC_ARENA_MAX",
      "SPRING_PROFILES_ACTIVE",
      "KUBERNETES_SERVICE_HOST", "OTEL_SERVICE_NAME",
    ])
  func taken(name: String) throws {
    #expect(try PodVariables([(name, "x")], admitted: []).taken.map(\.name) == [name])
  }

  @Test(
    "names that Kubernetes does not allow are none",
    arguments: [
      "", "A=1; touch x; B", "=", "A\n", "A\u{0}", "\u{1B}[2J", "é", "A\u{301}", "A\u{7F}",
    ])
  func impossible(name: String) throws {
    let variables = try PodVariables([(name, "x"), (name, "y"), ("B", "1")], admitted: [name])
    #expect(variables.taken.map(\.name) == ["B"])
    #expect(variables.impossible == [name])
  }

  @Test("a value with a NUL is an error, since a process would be given less")
  func nul() {
    #expect(throws: CommandFailure.self) {
      _ = try PodVariables([("A", "x\u{0}y")], admitted: [])
    }
  }

  @Test("a warning's list stays short, whatever the manifest has")
  func list() {
    let names = (0..<1000).map { "LD_\($0)" + String(repeating: "x", count: 10_000) }
    #expect(PodVariables.list(names).utf8.count < 3000)
    #expect(PodVariables.list(names).hasSuffix("and 980 more"))
  }
}
