import Testing

@testable import CommandCore

/// What a pod's env may not decide on this machine, by kind.
@Suite struct VariableKindsTests {
  static func words(_ text: String) -> [String] { text.split(separator: " ").map { String($0) } }

  @Test(
    "what leads connections, or says whose certificates are believed, is left out",
    arguments: [
      // Proxies; curl reads small letters.
      """
      HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy FTP_PROXY ftp_proxy \
      WS_PROXY wss_proxy NO_PROXY no_proxy No_Proxy GRPC_PROXY grpc_proxy GRPC_PROXY_EXP \
      GDAL_HTTP_PROXY GLOBAL_AGENT_HTTP_PROXY CGI_HTTP_PROXY NODE_USE_ENV_PROXY SOCKS_SERVER
      """,
      // Certificates, doing without them, and the keys of connections.
      """
      SSL_CERT_FILE ssl_cert_file SSL_CERT_DIR CURL_CA_BUNDLE CURL_HOME CURL_SSL_BACKEND \
      REQUESTS_CA_BUNDLE GRPC_DEFAULT_SSL_ROOTS_FILE_PATH SSL_NO_VERIFY SSLKEYLOGFILE NSS_CONFIG \
      NODE_TLS_REJECT_UNAUTHORIZED NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA HTTPLIB2_CA_CERTS \
      WEBSOCKET_CLIENT_CA_BUNDLE VAULT_SKIP_VERIFY VAULT_CACERT GNUTLS_SYSTEM_PRIORITY_FILE \
      LDAPTLS_REQCERT GDAL_HTTP_UNSAFESSL
      """,
      // Names of hosts, and what is sent to them.
      """
      NETRC HOSTALIASES RES_OPTIONS LOCALDOMAIN RESOLV_HOST_CONF RESOLV_MULTI CARES_HOSTS \
      GRPC_DNS_RESOLVER GRPC_XDS_BOOTSTRAP HF_ENDPOINT TF_TOKEN_example_com TF_HTTP_ADDRESS \
      S3_ENDPOINT_URL s3_endpoint_url PGPASSFILE
      """,
      // Where libraries of clouds ask who they are.
      """
      GOOGLE_APPLICATION_CREDENTIALS GCE_METADATA_HOST AZURE_AUTHORITY_HOST \
      AZURE_FEDERATED_TOKEN_FILE IDENTITY_ENDPOINT MSI_ENDPOINT ECS_CONTAINER_METADATA_URI_V4
      """,
      // AWS: all but what is known.
      """
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI \
      AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_EC2_METADATA_SERVICE_ENDPOINT \
      AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE AWS_SHARED_CREDENTIALS_FILE AWS_CONFIG_FILE \
      AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CLI_HISTORY AWS_XRAY_DAEMON_ADDRESS \
      AWS_LAMBDA_RUNTIME_API AWS_SSO_START_URL AWS_STS_ENDPOINT AWS_ENDPOINT_URL_S3 AWS_DATA_PATH \
      AWS_NEW_AND_UNKNOWN aws_config_file
      """,
    ].flatMap(words))
  func misleading(name: String) throws {
    let value = "http://169.254.170.2@host.invalid/x"
    let found = try PodVariables([(name, value), (name, value), ("OK", "1")], admitted: [])
    #expect(found.misleading == [name] && found.refused.isEmpty)
    #expect(found.taken.map(\.name) == ["OK"])
    let admitted = try PodVariables([(name, value)], admitted: [name])
    #expect(admitted.misleading.isEmpty && admitted.taken.map(\.name) == [name])
  }

  @Test(
    "what runs or loads other code, fetches it, or writes a file is refused",
    arguments: [
      // Shells.
      """
      fish_function_path fish_complete_path fish_user_paths __fish_config_dir XONSHRC NU_LIB_DIRS \
      PSModulePath HISTFILESIZE SAVEHIST REPORTTIME OLDPWD STARSHIP_CONFIG POWERLEVEL9K_X
      """,
      // Package managers, build tools and where they fetch from.
      """
      PIP_INDEX_URL PIP_TRUSTED_HOST UV_INDEX_URL UV_INSECURE_HOST NPM_CONFIG_REGISTRY \
      npm_config_registry Npm_Config_Cafile CARGO_HTTP_CAINFO CARGO_REGISTRIES_X_INDEX GOPROXY \
      GOFLAGS GOINSECURE GONOSUMDB GONOSUMCHECK GOSUMDB GOPRIVATE GOVCS GOTOOLCHAIN GODEBUG \
      GOTMPDIR NIX_PATH NIX_SSL_CERT_FILE_X MAMBA_ROOT_PREFIX CONDA_EXE HOMEBREW_API_DOMAIN \
      NVM_DIR NVM_NODEJS_ORG_MIRROR ELECTRON_MIRROR USE_BAZEL_VERSION TURBO_API NX_BIN
      """,
      // Interpreters and frameworks.
      """
      SPARK_HOME SPARK_CONF_DIR HADOOP_CONF_DIR FLINK_CONF_DIR MONO_PATH MONO_ENV_OPTIONS \
      NUMBA_CACHE_DIR AIRFLOW__CORE__PLUGINS_FOLDER AIRFLOW_HOME NODE_CONFIG_DIR XDEBUG_CONFIG \
      UWSGI_INI WERKZEUG_DEBUG_PIN LOADER_PATH OTEL_JAVAAGENT_EXTENSIONS
      """,
      // Tools of clouds and clusters, and of backups.
      """
      VAGRANT_CWD VAGRANT_HOME PACKER_CONFIG PACKER_PLUGIN_PATH KUSTOMIZE_PLUGIN_HOME BOTO_CONFIG \
      TF_REATTACH_PROVIDERS TF_CLI_CONFIG_FILE TF_CLI_ARGS_plan TF_ENCRYPTION BORG_RSH \
      BORG_PASSCOMMAND RESTIC_PASSWORD_COMMAND RCLONE_PASSWORD_COMMAND SOPS_AGE_KEY_CMD \
      KUBECTL_KUBERC GH_HOST LIBVIRT_DEFAULT_URI PODMAN_X TAPE P4CONFIG AWS_CREDENTIAL_PROCESS \
      AWS_PAGER AWS_BROWSER
      """,
      // What is written where a variable says.
      """
      MALLOC_CONF JE_MALLOC_CONF TF_LOG_PATH NODE_V8_COVERAGE AWS_CLI_HISTORY_FILE \
      LLVM_PROFILE_FILE GCOV_PREFIX GOCOVERDIR \
      CPUPROFILE TDSDUMP MYSQL_HISTFILE SQLITE_HISTORY XLA_FLAGS NODE_REPORT_DIRECTORY
      """,
      // The terminal and desktops.
      """
      ACKRC ACK_OPTIONS WGETRC LYNX_CFG TMUX GREP_OPTIONS \
      DISPLAY LIBVA_DRIVERS_PATH SDL_DYNAMIC_API \
      FONTCONFIG_FILE SYSTEMD_UNIT_PATH DEBUGINFOD_URLS QEMU_LD_PREFIX OMPI_MCA_plm_rsh_agent \
      MY_PLUGIN_PATH X_CREDENTIAL_HELPER
      """,
    ].flatMap(words))
  func refused(name: String) throws {
    let found = try PodVariables([(name, "x"), ("OK", "1")], admitted: [])
    #expect(found.refused == [name] && found.taken.map(\.name) == ["OK"])
    #expect(try PodVariables([(name, "x")], admitted: [name]).taken.map(\.name) == [name])
  }

  @Test(
    "what apps are told by their manifests is taken",
    arguments: [
      """
      DATABASE_URL PORT HOST LOG_LEVEL FEATURE_X PYTHONUNBUFFERED SPRING_PROFILES_ACTIVE \
      SPRING_DATASOURCE_URL MANAGEMENT_SERVER_PORT NODE_ENV NODE_NAME NODE_IP POD_NAME \
      POD_NAMESPACE POD_IP TRUST_PROXY APP_TRUST_PROXY USE_PROXY PROXY_URL GRPC_PORT \
      GRPC_VERBOSITY GST_RATE MIX_ENV MIX_APP_KEY SALT_ROUNDS CACHE_TTL SSL_MODE SSL_ENABLED \
      DB_HOST PGSSLMODE REDIS_HOST KAFKA_BROKERS CELERY_BROKER_URL DJANGO_SETTINGS_MODULE \
      OTEL_EXPORTER_OTLP_ENDPOINT DD_AGENT_HOST SENTRY_DSN TF_ENABLE_ONEDNN_OPTS \
      TF_CPP_MIN_LOG_LEVEL TF_VAR_name GOGC GOMEMLIMIT HISTORY_DAYS HISTOGRAM_BUCKETS MIN_COVERAGE \
      TRITON_URL CUDA_VISIBLE_DEVICES VAULT_ADDR AZURE_CLIENT_ID GOOGLE_CLOUD_PROJECT \
      ACK_WATCH_NAMESPACE CONTAINER_NAME CLUSTER_NAME NETWORK RESOLVER_URL NEXT_PUBLIC_API \
      RETRY_OPTIONS
      """,
      """
      AWS_REGION AWS_DEFAULT_REGION AWS_MAX_ATTEMPTS AWS_RETRY_MODE AWS_DEFAULT_OUTPUT \
      AWS_STS_REGIONAL_ENDPOINTS AWS_SDK_LOAD_CONFIG AWS_S3_BUCKET AWS_STORAGE_BUCKET_NAME \
      AWS_DYNAMODB_TABLE AWS_SNS_TOPIC_ARN AWS_ROLE_ARN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY \
      AWS_EC2_METADATA_DISABLED
      """,
    ].flatMap(words))
  func taken(name: String) throws {
    #expect(try PodVariables([(name, "x")], admitted: []).taken.map(\.name) == [name])
  }

  @Test(
    "the agent's own address, as admission writes it, is taken without a warning",
    arguments: ["http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials"])
  func agent(url: String) throws {
    let name = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    #expect(try PodVariables([(name, url)], admitted: []).taken.map(\.name) == [name])
  }
}
