/// Tokens with a prefix of their own. Each line ends with where its shape is published.
///
/// A change of this table is a change of the rules: raise `RuleSet.version`.
extension TokenRule {
  static let awsKeyID = "aws-access-key-id"
  static let all: [TokenRule] = codeHosts + clouds + models + registries + services

  private static let codeHosts: [TokenRule] = [
    // GitHub docs, "GitHub's token formats"; "Behind GitHub's new authentication token formats"
    TokenRule("github-pat", "ghp_", .run(.word, 36...36)),
    TokenRule("github-oauth", "gho_", .run(.word, 36...36)),
    TokenRule("github-user-to-server", "ghu_", .run(.word, 36...36)),
    TokenRule("github-server-to-server", "ghs_", .run(.word, 36...255)),
    TokenRule("github-refresh", "ghr_", .run(.word, 36...76)),
    TokenRule(
      "github-fine-grained-pat", "github_pat_", .run(.alphanumeric, 22...22), .text("_"),
      .run(.alphanumeric, 59...59)),
    // GitLab docs, "Token overview", prefixes
    TokenRule("gitlab-pat", "glpat-", .run(.base64url, 20...50)),
    TokenRule(
      "gitlab-pat-routable", "glpat-", .run(.base64url, 27...300), .text("."),
      .run(.lowerAlphanumeric, 2...2), .text("."), .run(.lowerAlphanumeric, 9...9)),
    TokenRule("gitlab-deploy", "gldt-", .run(.base64url, 20...50)),
    TokenRule("gitlab-runner", "glrt-", .run(.base64url, 20...50)),
    TokenRule("gitlab-runner-registration", "GR1348941", .run(.base64url, 20...50)),
    TokenRule("gitlab-ci-job", "glcbt-", .run(.base64url, 20...70)),
    TokenRule("gitlab-trigger", "glptt-", .run(.base64url, 20...50)),
    TokenRule("gitlab-feed", "glft-", .run(.base64url, 20...50)),
    TokenRule("gitlab-scim", "glsoat-", .run(.base64url, 20...50)),
    TokenRule("gitlab-incoming-mail", "glimt-", .run(.base64url, 20...50)),
    TokenRule("gitlab-agent", "glagent-", .run(.base64url, 50...1024)),
    TokenRule("gitlab-oauth-secret", "gloas-", .run(.base64url, 64...64)),
    // Atlassian support, "API token prefixes"
    TokenRule(
      "atlassian-api", "ATATT3", .run(ByteSet(ranges: "09azAZ", singles: "-_="), 186...186)),
  ]

  private static let clouds: [TokenRule] = [
    // AWS IAM user guide, "Understanding unique ID prefixes"
    TokenRule(awsKeyID, "AKIA", .run(.upperAlphanumeric, 16...16)),
    TokenRule(awsKeyID, "ASIA", .run(.upperAlphanumeric, 16...16)),
    TokenRule(awsKeyID, "ABIA", .run(.upperAlphanumeric, 16...16)),
    TokenRule(awsKeyID, "ACCA", .run(.upperAlphanumeric, 16...16)),
    TokenRule(awsKeyID, "A3T", .run(.upperAlphanumeric, 17...17)),
    // Google Cloud docs, "Authenticate by using API keys"; "OAuth client secrets"
    TokenRule("google-api-key", "AIza", .run(.base64url, 35...35)),
    TokenRule("google-oauth-client", "GOCSPX-", .run(.base64url, 28...28)),
    TokenRule(
      "google-oauth-access", "ya29.", .run(ByteSet(ranges: "09azAZ", singles: "-_."), 30...2048)),
    // DigitalOcean docs, "Personal access tokens"
    TokenRule("digitalocean-pat", "dop_v1_", .run(.lowerHex, 64...64)),
    TokenRule("digitalocean-oauth", "doo_v1_", .run(.lowerHex, 64...64)),
    TokenRule("digitalocean-refresh", "dor_v1_", .run(.lowerHex, 64...64)),
    // Alibaba Cloud docs, "AccessKey pair"
    TokenRule("alibaba-access-key-id", "LTAI", .run(.alphanumeric, 20...20)),
    // HashiCorp Vault docs, "Tokens: prefixes"
    TokenRule("vault-service", "hvs.", .run(.base64url, 90...200)),
    TokenRule("vault-batch", "hvb.", .run(.base64url, 138...400)),
    // Databricks docs, "Personal access token authentication"
    TokenRule("databricks", "dapi", .run(.lowerHex, 32...32)),
    // Doppler docs, "Token formats"
    TokenRule("doppler", "dp.pt.", .run(.alphanumeric, 40...44)),
    // Pulumi docs, "Access tokens"
    TokenRule("pulumi", "pul-", .run(.lowerHex, 40...40)),
    // Grafana docs, "Service account tokens"; "Cloud access policies"
    TokenRule(
      "grafana-service-account", "glsa_", .run(.alphanumeric, 32...32), .text("_"),
      .run(.hex, 8...8)),
    TokenRule(
      "grafana-cloud", "glc_", .run(ByteSet(ranges: "09azAZ", singles: "+/="), 32...400)),
    // Dynatrace docs, "Access tokens: token format"
    TokenRule(
      "dynatrace", "dt0c01.", .run(.upperAlphanumeric, 24...24), .text("."),
      .run(.upperAlphanumeric, 64...64)),
    // Tailscale docs, "Auth keys"
    TokenRule("tailscale", "tskey-", .run(.base64url, 20...100)),
    // PlanetScale docs, "Service tokens"
    TokenRule(
      "planetscale", "pscale_tkn_", .run(ByteSet(ranges: "09azAZ", singles: "-_.="), 32...64)),
    // Supabase docs, "Management API: personal access tokens"
    TokenRule("supabase", "sbp_", .run(.lowerHex, 40...40)),
  ]

  private static let models: [TokenRule] = [
    // Anthropic docs, "API: authentication"
    TokenRule("anthropic", "sk-ant-", .run(.base64url, 40...200)),
    // OpenAI docs, "Project API keys", "Service accounts", "Admin keys"
    TokenRule("openai-project", "sk-proj-", .run(.base64url, 40...220)),
    TokenRule("openai-service-account", "sk-svcacct-", .run(.base64url, 40...220)),
    TokenRule("openai-admin", "sk-admin-", .run(.base64url, 40...220)),
    // OpenRouter docs, "Authentication"
    TokenRule("openrouter", "sk-or-v1-", .run(.lowerHex, 64...64)),
    // Hugging Face docs, "User access tokens"
    TokenRule("huggingface", "hf_", .run(.alphanumeric, 34...40)),
    TokenRule("huggingface-organization", "api_org_", .run(.alphanumeric, 34...34)),
    // Groq docs, "API keys"
    TokenRule("groq", "gsk_", .run(.alphanumeric, 52...52)),
    // Perplexity docs, "API keys"
    TokenRule("perplexity", "pplx-", .run(.alphanumeric, 48...56)),
    // Replicate docs, "API tokens"
    TokenRule("replicate", "r8_", .run(.alphanumeric, 37...37)),
    // xAI docs, "API keys"
    TokenRule("xai", "xai-", .run(.alphanumeric, 80...80)),
  ]

  private static let registries: [TokenRule] = [
    // npm blog, "Announcing npm's new access token format"
    TokenRule("npm", "npm_", .run(.alphanumeric, 36...36)),
    // PyPI help, "API tokens"; the prefix is the macaroon's location in base64
    TokenRule("pypi", "pypi-AgEIcHlwaS5vcmc", .run(.base64url, 50...1000)),
    TokenRule("pypi-test", "pypi-AgENdGVzdC5weXBpLm9yZw", .run(.base64url, 50...1000)),
    // RubyGems guides, "API key scopes"
    TokenRule("rubygems", "rubygems_", .run(.lowerHex, 48...48)),
    // crates.io source, token prefix
    TokenRule("crates-io", "cio", .run(.alphanumeric, 32...32)),
    // Docker docs, "Personal access tokens"
    TokenRule("docker-pat", "dckr_pat_", .run(.base64url, 27...27)),
    // NuGet docs, "Scoped API keys"
    TokenRule("nuget", "oy2", .run(.lowerAlphanumeric, 43...43)),
    // JFrog docs, "API key"
    TokenRule("artifactory", "AKCp", .run(.alphanumeric, 69...69)),
    // age specification, "X25519 identities" (Bech32)
    TokenRule("age-secret-key", "AGE-SECRET-KEY-1", .run(.bech32, 58...58)),
  ]

  private static let services: [TokenRule] = [
    // Slack docs, "Token types"
    TokenRule("slack-bot", "xoxb-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 10...250)),
    TokenRule("slack-user", "xoxp-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 10...250)),
    TokenRule("slack-app", "xoxa-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 10...250)),
    TokenRule("slack-refresh", "xoxr-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 10...250)),
    TokenRule("slack-legacy", "xoxs-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 10...250)),
    TokenRule("slack-workspace", "xoxo-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 10...250)),
    TokenRule("slack-cookie", "xoxc-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 10...250)),
    TokenRule(
      "slack-configuration", "xoxe.", .run(ByteSet(ranges: "09azAZ", singles: "-."), 40...250)),
    TokenRule("slack-app-level", "xapp-", .run(ByteSet(ranges: "09azAZ", singles: "-"), 30...250)),
    TokenRule(
      "slack-webhook", "hooks.slack.com/services/T", .run(.word, 8...64), .text("/B"),
      .run(.word, 8...64), .text("/"), .run(.word, 8...64)),
    // Stripe docs, "API keys"; "Webhooks: signing secrets"
    TokenRule("stripe-secret", "sk_live_", .run(.alphanumeric, 16...247)),
    TokenRule("stripe-restricted", "rk_live_", .run(.alphanumeric, 16...247)),
    TokenRule("stripe-test", "sk_test_", .run(.alphanumeric, 16...247)),
    TokenRule("stripe-webhook", "whsec_", .run(.base64, 32...64)),
    // Twilio SendGrid docs, "API keys"
    TokenRule(
      "sendgrid", "SG.", .run(.base64url, 22...22), .text("."), .run(.base64url, 43...43)),
    // Brevo docs, "API keys"
    TokenRule(
      "brevo", "xkeysib-", .run(.lowerHex, 64...64), .text("-"), .run(.alphanumeric, 16...16)),
    // Shopify docs, "Access tokens: prefixes"
    TokenRule("shopify-access", "shpat_", .run(.hex, 32...32)),
    TokenRule("shopify-custom-app", "shpca_", .run(.hex, 32...32)),
    TokenRule("shopify-private-app", "shppa_", .run(.hex, 32...32)),
    TokenRule("shopify-shared-secret", "shpss_", .run(.hex, 32...32)),
    // Square docs, "Access tokens"
    TokenRule("square-access", "sq0atp-", .run(.base64url, 22...22)),
    TokenRule("square-oauth-secret", "sq0csp-", .run(.base64url, 43...43)),
    // Linear docs, "API keys"
    TokenRule("linear", "lin_api_", .run(.alphanumeric, 40...40)),
    // Notion docs, "Authorization: token format"
    TokenRule("notion", "ntn_", .run(.alphanumeric, 46...46)),
    // Postman docs, "API keys"
    TokenRule("postman", "PMAK-", .run(.hex, 24...24), .text("-"), .run(.hex, 34...34)),
    // New Relic docs, "API keys"
    TokenRule("new-relic", "NRAK-", .run(.upperAlphanumeric, 27...27)),
    // Sentry docs, "Auth tokens"
    TokenRule("sentry-user", "sntryu_", .run(.lowerHex, 64...64)),
    TokenRule(
      "sentry-organization", "sntrys_", .run(ByteSet(ranges: "09azAZ", singles: "+/=_"), 80...400)),
    // Figma docs, "Personal access tokens"
    TokenRule("figma", "figd_", .run(.base64url, 40...40)),
    // Airtable docs, "Personal access tokens"
    TokenRule(
      "airtable", "pat", .run(.alphanumeric, 14...14), .text("."), .run(.lowerHex, 64...64)),
  ]
}
