/**
 * Settings of a script engine, all optional: what is left out, or undefined, is as `cdk.json` of the
 * package has it. `null` is an option that is off. docs/settings.md says more of each.
 */
export interface ScriptEngineProps {
  /** Memory of the function; CPU comes with it. Default: 1769, one vCPU. */
  readonly functionMemoryMb?: number | undefined;
  /** How long the function may take where the answer is no stream, at most 28. Default: 28. */
  readonly functionTimeoutSeconds?: number | undefined;
  /** Whether answers stream. Default: true. */
  readonly streaming?: boolean | undefined;
  /** The most executions at once. Default: no limit but the account's. */
  readonly reservedConcurrency?: number | null | undefined;
  /** Environments that are kept started. Default: none. */
  readonly provisionedConcurrency?: number | null | undefined;
  /** How a new version gets its requests. Default: `allAtOnce`. */
  readonly deployment?: 'allAtOnce' | 'canary10percent5minutes' | undefined;

  /** Wall time of a run where the request asks for none. Default: 5000. */
  readonly engineTimeoutMs?: number | undefined;
  /** The most wall time that a request may ask for. Default: 25000. */
  readonly engineMaxTimeoutMs?: number | undefined;
  /** CPU time of a run. Default: the timeout. */
  readonly engineCpuMs?: number | null | undefined;
  /** Memory of a guest where the request asks for none. Default: 128. */
  readonly engineMemoryMb?: number | undefined;
  /** The most memory that a request may ask for. Default: 512. */
  readonly engineMaxMemoryMb?: number | undefined;
  /** JavaScript, after decompression. Default: 5 MiB. */
  readonly engineMaxCodeBytes?: number | undefined;
  /** WebAssembly, after decompression. Default: 64 MiB. */
  readonly engineMaxWasmBytes?: number | undefined;
  /** A download of code, and each import. Default: 10000. */
  readonly engineDownloadTimeoutMs?: number | undefined;
  /** Each of stdout and stderr, and the contents of output files together. Default: 1 MiB. */
  readonly engineMaxOutputBytes?: number | undefined;
  /** One streamed answer. Default: 100 MiB. */
  readonly engineMaxStreamBytes?: number | undefined;
  /** The most wall time that a request may ask for whose answer is streamed. Default: 840000. */
  readonly engineMaxStreamTimeoutMs?: number | undefined;
  /** Entries of `app_log` of one run. Default: 1000. */
  readonly engineMaxLogEntries?: number | undefined;
  /** The result's JSON. Default: 1 MiB. */
  readonly engineMaxResultBytes?: number | undefined;
  /** The body of a request. Default: 3,000,000. */
  readonly engineMaxRequestBytes?: number | undefined;
  /** The files of a run. Default: 32 MiB. */
  readonly engineMaxFilesBytes?: number | undefined;
  /** Hosts of code and of modules; `*.example.com` for subdomains. Default: `['*']`. */
  readonly engineCodeAllowedHosts?: readonly string[] | undefined;
  /** Hosts of `fetch`, likewise; empty for none. Default: `['*']`. */
  readonly engineFetchAllowedHosts?: readonly string[] | undefined;
  /** Default: 80 and 443. */
  readonly engineAllowedPorts?: readonly number[] | undefined;
  /** Origins that are exempt from the port and private-address rules. Default: none. */
  readonly engineTrustedOrigins?: readonly string[] | undefined;
  /** Requests of one run. Default: 10. */
  readonly engineFetchMaxRequests?: number | undefined;
  /** Requests of one run that wait for a response at once. Default: 6. */
  readonly engineFetchMaxConcurrent?: number | undefined;
  /** The body of one request of a guest. Default: 1 MiB. */
  readonly engineFetchMaxRequestBytes?: number | undefined;
  /** The body of one response. Default: 5 MiB. */
  readonly engineFetchMaxResponseBytes?: number | undefined;
  /** All bodies of one run. Default: 20 MiB. */
  readonly engineFetchMaxTotalBytes?: number | undefined;
  /** One request of a guest, with the body of its response. Default: 10000. */
  readonly engineFetchTimeoutMs?: number | undefined;
  /** `map`: only what the request's import map names can be imported. Default: `any`. */
  readonly engineImports?: 'any' | 'map' | undefined;
  /** Whether requests may have code. Default: true where `engineCodeAllowedHosts` has `*`. */
  readonly engineInlineCode?: boolean | null | undefined;
  /** Sandbox processes of one environment. Default: 1. */
  readonly engineSandboxes?: number | undefined;
  /** Compiled code that one sandbox keeps; 0 for none. Default: 64 MiB. */
  readonly engineCodeCacheBytes?: number | undefined;
  /** Origins whose pages may call the API, `*` for any. Default: none. */
  readonly engineCorsOrigins?: readonly string[] | undefined;
  /** Credentials that no guest sees, as docs/settings.md has them. Default: none. */
  readonly engineCredentials?: readonly Readonly<Record<string, unknown>>[] | undefined;

  /** Default: `INFO`. */
  readonly logLevel?:
    | 'TRACE'
    | 'DEBUG'
    | 'INFO'
    | 'WARN'
    | 'ERROR'
    | 'SILENT'
    | 'CRITICAL'
    | undefined;
  /** Of all log groups; one of the values that CloudWatch offers. Default: 30. */
  readonly logRetentionDays?: number | undefined;
  /** Whether `app_log` has a log group of its own. Default: true. */
  readonly scriptLogGroup?: boolean | undefined;
  /** Whether `GET /` serves the playground. Default: false. */
  readonly playground?: boolean | undefined;
  /**
   * A version of AWS's layer AWSOpenTelemetryDistroJs, of the region of the stack: traces invocations with
   * OpenTelemetry. Default: none.
   */
  readonly openTelemetryLayerArn?: string | null | undefined;
  /** An alarm when one run in a hundred takes longer. Default: 15000. */
  readonly alarmP99Ms?: number | undefined;
  /** SNS topic that is told when an alarm begins and ends. Default: none. */
  readonly alarmTopicArn?: string | null | undefined;
  /** The topic is told when a month costs 80 % of it, all of it, or is likely to. Default: off. */
  readonly budgetUsdPerMonth?: number | null | undefined;
  /** What the budget counts; `stack`: by a cost allocation tag. Default: `account`. */
  readonly budgetScope?: 'account' | 'stack' | undefined;

  /** First part of the path, without a custom domain. Default: `v1`. */
  readonly stageName?: string | undefined;
  /** Whether `POST /mcp` answers. Default: false. */
  readonly mcp?: boolean | undefined;
  /** Of `POST /execute`, for all callers together. Default: 50. */
  readonly throttleRatePerSecond?: number | undefined;
  /** Default: 100. */
  readonly throttleBurst?: number | undefined;
  /** Whether to set the role with which API Gateway logs, for all of the account. Default: true. */
  readonly apiGatewayLogRole?: boolean | undefined;

  /** Says that anybody may call. Default: false. */
  readonly publicApi?: boolean | undefined;
  /** Whether requests must be signed. Default: where nothing else says who may call. */
  readonly iamAuthorization?: boolean | null | undefined;
  /** A key for each of these names. Default: none. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Cognito user pools whose ID tokens callers send as `authorization`. Default: none. */
  readonly userPoolArns?: readonly string[] | undefined;
  /** A Lambda authorizer, which gets the `authorization` of each request. Default: none. */
  readonly authorizerFunctionArn?: string | null | undefined;
  /** IPv4 ranges that requests may come from. Default: any. */
  readonly sourceRanges?: readonly string[] | undefined;
  /** Makes the API a private one, that is reached through these only. Default: none. */
  readonly vpcEndpointIds?: readonly string[] | undefined;
  /** Of each key. Default: 10. */
  readonly apiKeyRatePerSecond?: number | undefined;
  /** Of each key. Default: 20. */
  readonly apiKeyBurst?: number | undefined;
  /** Of each key. Default: 100000. */
  readonly apiKeyRequestsPerDay?: number | null | undefined;
  /** An address that sends more is blocked while it does. Default: off. */
  readonly wafRequestsPer5Minutes?: number | null | undefined;
  /** Groups of AWS's own rules in front of the API. Default: none. */
  readonly wafManagedRules?:
    | readonly (
        | 'AWSManagedRulesAmazonIpReputationList'
        | 'AWSManagedRulesKnownBadInputsRuleSet'
        | 'AWSManagedRulesCommonRuleSet'
      )[]
    | undefined;
  /** Serves the API at the root of this name, and no longer at its own. Default: none. */
  readonly domainName?: string | null | undefined;
  /** ACM's certificate for `domainName`, of the same region. */
  readonly domainCertificateArn?: string | null | undefined;
  /** Route 53 zone in which `domainName` is made. Default: none. */
  readonly domainHostedZoneId?: string | null | undefined;
  /** TLS of the domain and, but for `TLS_1_2`, of the API's own endpoint. Default: `TLS_1_2`. */
  readonly securityPolicy?:
    | 'TLS_1_2'
    | 'SecurityPolicy_TLS13_1_2_PQ_2025_09'
    | 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09'
    | 'SecurityPolicy_TLS13_1_3_2025_09'
    | 'SecurityPolicy_TLS13_1_3_FIPS_2025_09'
    | undefined;
  /** Lambda's tenant isolation: where the tenant of a request comes from. Default: off. */
  readonly tenantIdFrom?: string | null | undefined;
  /** An existing VPC for the function. Default: none. */
  readonly vpcId?: string | null | undefined;
  /** Its subnets. */
  readonly vpcSubnetIds?: readonly string[] | undefined;
}
