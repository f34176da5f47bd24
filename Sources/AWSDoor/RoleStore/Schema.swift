/// The tables of `aws.db`, one numbered migration after the other; never change one that was
/// released.
enum Schema {
  static let migrations: [String] = [
    """
    CREATE TABLE account (
      created INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE roles (
      name TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      path TEXT NOT NULL,
      trust_policy TEXT NOT NULL,
      description TEXT,
      max_session_seconds INTEGER NOT NULL,
      tags TEXT NOT NULL,
      created INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE role_policies (
      role TEXT NOT NULL COLLATE NOCASE REFERENCES roles (name) ON DELETE CASCADE,
      name TEXT NOT NULL,
      document TEXT NOT NULL,
      PRIMARY KEY (role, name)
    ) STRICT;
    CREATE TABLE oidc_providers (
      url TEXT NOT NULL PRIMARY KEY,
      client_ids TEXT NOT NULL,
      thumbprints TEXT NOT NULL,
      tags TEXT NOT NULL,
      created INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE associations (
      id TEXT NOT NULL PRIMARY KEY,
      cluster TEXT NOT NULL,
      namespace TEXT NOT NULL,
      service_account TEXT NOT NULL,
      role_arn TEXT NOT NULL,
      target_role_arn TEXT,
      disable_session_tags INTEGER NOT NULL,
      policy TEXT,
      owner_arn TEXT,
      tags TEXT NOT NULL,
      created INTEGER NOT NULL,
      modified INTEGER NOT NULL,
      UNIQUE (cluster, namespace, service_account)
    ) STRICT;
    CREATE TABLE request_tokens (
      operation TEXT NOT NULL,
      cluster TEXT NOT NULL,
      token TEXT NOT NULL,
      content TEXT NOT NULL,
      association TEXT NOT NULL REFERENCES associations (id) ON DELETE CASCADE,
      created INTEGER NOT NULL,
      PRIMARY KEY (operation, cluster, token)
    ) STRICT;
    CREATE INDEX request_tokens_of_association ON request_tokens (association);
    """
  ]
}
