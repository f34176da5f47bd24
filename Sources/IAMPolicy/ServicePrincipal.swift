import JSON

/// The services that a trust policy can name as `Principal`: AWS refuses what it does not know.
///
/// A name is `SERVICE.amazonaws.com`, with a region in between or something of the service in
/// front, as `delivery.logs.amazonaws.com` has it. Of EKS, whose names are misspelt the most, each
/// is known.
enum ServicePrincipal {
  /// Whether AWS would know a service principal.
  static func isKnown(_ name: String) -> Bool {
    let domain = [".amazonaws.com.cn", ".amazonaws.com"].first { name.bytes.hasSuffix($0.bytes) }
    guard let domain else {
      return name.bytes.hasSuffix(".amazon.com") || name.bytes.hasSuffix(".aws.internal")
    }
    let short = name.utf8.dropLast(domain.utf8.count)
    var labels = Substring(short).bytes.split(separator: ".", omittingEmptySubsequences: false)
    if let last = labels.last, labels.count > 1, isRegion(last) { labels.removeLast() }
    guard let service = labels.last, services.contains(service.bytes),
      labels.allSatisfy(isLabel)
    else { return false }
    return service.bytes != "eks" || labels.count == 1
      || (labels.count == 2 && labels[0].bytes == "pods")
  }

  private static func isLabel(_ label: Substring) -> Bool {
    !label.isEmpty
      && label.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }
  }

  /// Whether a label is a region, such as `us-gov-west-1`.
  private static func isRegion(_ label: Substring) -> Bool {
    let parts = label.bytes.split(separator: "-")
    return parts.count >= 3 && parts[0].utf8.count == 2
      && parts.last.map { $0.utf8.count == 1 && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } } == true
  }

  /// Their names in front of `.amazonaws.com`, by their endpoints and signing names.
  private static let services = Set(
    """
    access-analyzer accessanalyzer account acm acm-pca aco-automation agreement-marketplace
    aidevops aiops airflow airflow-env airflow-serverless amazonmq amp amplify amplifybackend
    amplifyuibuilder aoss apidestinations apigateway apigatewaymanagementapi apigatewayv2
    app-integrations appconfig appconfigdata appfabric appflow appintegrations
    application-autoscaling application-cost-profiler application-insights application-signals
    applicationcostprofiler applicationinsights appmesh apprunner appstream appstream2 appsync aps
    arc-region-switch arc-zonal-shift artifact athena auditmanager autoscaling autoscaling-plans
    aws-artifact-account-sync aws-marketplace awsssoportal b2bi backup backup-gateway
    backup-search backupsearch batch bcm-dashboards bcm-data-exports bcm-pricing-calculator
    bcm-recommended-actions bedrock bedrock-agent bedrock-agent-runtime bedrock-agentcore
    bedrock-agentcore-control bedrock-data-automation bedrock-data-automation-runtime
    bedrock-runtime billing billingconductor billingconsole braket budgets cases cassandra
    cassandra-streams ce chatbot chime chime-sdk-identity chime-sdk-media-pipelines
    chime-sdk-meetings chime-sdk-messaging chime-sdk-voice cleanrooms cleanrooms-ml cleanroomsml
    cloud9 cloudcontrol cloudcontrolapi clouddirectory cloudformation cloudfront
    cloudfront-keyvaluestore cloudhsm cloudhsmv2 cloudsearch cloudsearchdomain cloudtrail
    cloudtrail-data cloudwatch cloudwatch-crossaccount codeartifact codebuild codecatalyst
    codecommit codeconnections codedeploy codeguru-profiler codeguru-reviewer codeguru-security
    codeguruprofiler codepipeline codestar codestar-connections codestar-notifications
    cognito-identity cognito-idp cognito-sync comprehend comprehendmedical compute-optimizer
    compute-optimizer-automation config config-conforms config-multiaccountsetup connect
    connect-campaigns connect-contact-lens connectcampaigns connectcampaignsv2 connectcases
    connecthealth connectparticipant contact-lens controlcatalog controltower
    cost-optimization-hub ct-sns cur customer-profiles data-signer databrew dataexchange
    datapipeline datasync datazone dax deadline deepracer delivery deployment-marketplace
    detective devicefarm devops-agent devops-guru diode directconnect discovery
    discovery-marketplace dlm dms docdb docdb-elastic drs ds ds-data dsql dynamodb dynamodbstreams
    ebs ec2 ec2-instance-connect ec2fleet ec2scheduled ecr ecr-public ecs ecs-tasks edgelambda efs
    eks eks-auth eks-fargate eks-fargate-pods eks-nodegroup elastic-inference elasticache
    elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce elastictranscoder elb
    elbv2 elemental-inference elementalinference email emr emr-containers emr-serverless
    entityresolution es eventbridge events evs execute-api export finspace finspace-api
    finspace-data firehose fis fms forecast forecastquery frauddetector freertos freetier fsx
    gamelift gameliftstreams geo geo-maps geo-places geo-routes glacier globalaccelerator glue
    grafana greengrass greengrassv2 groundstation guardduty health health-agent healthlake iam
    identity-chime identitystore imagebuilder importexport inspector inspector-scan inspector2
    interconnect internetmonitor invoicing iot iot-data iot-jobs-data iot-managed-integrations
    iotanalytics iotdata iotdeviceadvisor iotevents iotevents-data ioteventsdata iotfleetwise
    iotmanagedintegrations iotsecuredtunneling iotsecuretunneling iotsitewise iotthingsgraph
    iottwinmaker iotwireless ivs ivs-realtime ivschat ivsrealtime jellyfish kafka kafkaconnect
    kendra kendra-ranking keyspaces keyspacesstreams kinesis kinesis-video-archived-media
    kinesis-video-media kinesis-video-signaling kinesis-video-webrtc-storage kinesisanalytics
    kinesisanalyticsv2 kinesisvideo kms lakeformation lambda launch-wizard launchwizard lex
    lex-models lex-runtime lexv2 lexv2-models lexv2-runtime license-manager
    license-manager-linux-subscriptions license-manager-user-subscriptions lightsail location
    logdelivery logs lookoutequipment lookoutmetrics lookoutvision m2 machinelearning macie macie2
    mail-manager mailmanager malware-protection-plan managedblockchain managedblockchain-query
    managedservices mapsandplaces marketplace marketplace-agreement marketplace-catalog
    marketplace-deployment marketplace-discovery marketplace-entitlement marketplace-reporting
    marketplacecommerceanalytics media-pipelines-chime mediaconnect mediaconvert medialive
    mediapackage mediapackage-vod mediapackagev2 mediastore mediastore-data mediatailor
    medical-imaging meetings-chime memory-db memorydb messaging-chime meteringmarketplace mgh mgn
    migration-hub-refactor-spaces migrationhub migrationhub-config migrationhub-orchestrator
    migrationhub-strategy migrationhuborchestrator migrationhubstrategy mobileanalytics mobilehub
    mobiletargeting models-v2-lex monitoring mpa mq msk mturk mturk-requester mwaa mwaa-serverless
    neptune neptune-db neptune-graph neptunedata network-firewall networkflowmonitor
    networkmanager networkmonitor nimble notifications notifications-contacts
    notificationscontacts nova-act oam observabilityadmin odb oidc omics opensearch
    opensearchserverless opensearchservice opsworks opsworks-cm organizations osis osis-pipelines
    outposts panorama partnercentral-account partnercentral-benefits partnercentral-channel
    partnercentral-selling payment-cryptography payment-cryptography-data pca-connector-ad
    pca-connector-scep pcs personalize personalize-events personalize-runtime pi pinpoint
    pinpoint-email pinpoint-sms-voice pinpoint-sms-voice-v2 pipes polly pricing privatelink
    profile proton purchaseorders qapps qbusiness qconnect qldb quicksight ram rbin rds rds-data
    rds-preview redshift redshift-data redshift-serverless refactor-spaces rekognition replicator
    reporting-marketplace repostspace resiliencehub resource-explorer-2 resource-groups
    resourcegroupstaggingapi robomaker rolesanywhere route53 route53-recovery-cluster
    route53-recovery-control-config route53-recovery-readiness route53domains
    route53globalresolver route53profiles route53resolver rtbfabric rum runtime-v2-lex s3
    s3-control s3-object-lambda s3-outposts s3control s3files s3outposts s3tables s3vectors
    sagemaker sagemaker-a2i-runtime sagemaker-edge sagemaker-featurestore-runtime
    sagemaker-geospatial sagemaker-metrics sagemaker-runtime savingsplans scheduler schemas scn
    sdb secretsmanager security-ir securityagent securityhub securitylake selfservice
    serverlessrepo service-quotas servicecatalog servicecatalog-appregistry servicediscovery
    servicequotas ses sesv2 shield signer signer-data signin simpledbv2 simspaceweaver sms
    sms-voice snow-device-management snowball sns social-messaging socialmessaging spot spotfleet
    sqs ssm ssm-contacts ssm-guiconnect ssm-incidents ssm-quicksetup ssm-sap sso sso-admin
    sso-directory sso-oauth sso-oidc states stepfunctions storagegateway sts supplychain support
    support-app supportapp sustainability swf synthetics tagging tax taxsettings textract
    thinclient thinkbox timestream timestream-influxdb timestream-query timestream-write tnb
    transcribe transfer transitgateway translate trustedadvisor user-subscriptions uxc
    verified-access verifiedpermissions vm vmie vmimport voice-chime voice-id voiceid
    vpc-flow-logs vpc-lattice waf waf-regional wafv2 wam wellarchitected wickr wisdom workdocs
    worklink workmail workmailmessageflow workspaces workspaces-instances workspaces-thin-client
    workspaces-web xray
    """.utf8.split { $0 == 0x20 || $0 == 0x0A }.map { Substring($0).bytes })
}
