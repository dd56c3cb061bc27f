/** A token that is known by its form alone. */
interface Shape {
  readonly of: string;
  /** How it begins; a source of a regular expression. */
  readonly begins: string;
  /** What follows. */
  readonly then: string;
}

const shape = (of: string, begins: string, then: string): Shape => ({of, begins, then});

/** Letters, digits, `_` and `-`: what most tokens are made of. */
const words = (least: number, most = 400): string => `[\\w-]{${least},${most}}`;
const hex = (count: number): string => `[0-9a-f]{${count}}`;
const uuid = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;

/** The prefixes that providers give their tokens so that they can be found. */
const shapes: readonly Shape[] = [
  shape('1Password', 'A3-', '[A-Z0-9]{6}-[A-Z0-9-]{20,40}'),
  shape('1Password', 'ops_', words(40, 4000)),
  shape('Adobe', 'p8e-', '[A-Za-z0-9]{32}'),
  shape('age', 'AGE-SECRET-KEY-1', '[A-Z0-9]{40,70}'),
  shape('Alibaba', 'LTAI', '[A-Za-z0-9]{16,24}'),
  shape('Artifactory', 'AKCp|cmVmd', '[A-Za-z0-9]{50,80}'),
  shape('Atlassian', 'ATATT3|ATCTT3|ATBB', '[\\w=-]{20,400}'),
  shape('AWS', 'A3T[A-Z0-9]|AKIA|ASIA|AROA|AIDA|ABIA|ACCA', '[A-Z0-9]{16}'),
  shape('AWS Bedrock', 'ABSK', '[A-Za-z0-9+/]{60,300}={0,2}'),
  shape('Clojars', 'CLOJARS_', '[A-Za-z0-9]{40,80}'),
  shape('Cloudflare', 'v1\\.0-', `${hex(24)}-[0-9a-f]{100,160}`),
  shape('Databricks', 'dapi', hex(32)),
  shape('DigitalOcean', 'do[opr]_v1_', '[0-9a-f]{40,80}'),
  shape('Docker Hub', 'dckr_(?:pat|oat)_', words(20)),
  shape('Doppler', 'dp\\.(?:pt|st|sa|ct|scim|audit)\\.', '[\\w.-]{20,100}'),
  shape('Duffel', 'duffel_(?:test|live)_', '[\\w=-]{20,80}'),
  shape('Dynatrace', 'dt0[cs]\\d{2}\\.', '[A-Z0-9]{8,40}\\.[A-Z0-9]{30,80}'),
  shape('EasyPost', 'EZ[AT]K', '[A-Za-z0-9]{40,70}'),
  shape('Facebook', 'EAA[MC]?', '[A-Za-z0-9]{60,400}'),
  shape('Flutterwave', 'FLW(?:PUB|SEC)K(?:_TEST)?-', '[A-Za-z0-9-]{12,60}'),
  shape('fly.io', 'f(?:o1|m1[ar]?|m2)_', '[\\w+/=-]{40,1000}'),
  shape('Frame.io', 'fio-u-', words(40)),
  shape('GitHub', 'gh[pousr]_', '[A-Za-z0-9]{20,255}'),
  shape('GitHub', 'github_pat_', '\\w{20,255}'),
  shape('GitLab', 'gl(?:pat|dt|rt|ft|cbt|ptt|soat|oas|agent|imt|ffct|wt)-', '[\\w.-]{16,300}'),
  shape('GitLab', 'GR1348941', words(16)),
  shape('Google', 'AIza', '[\\w-]{35}'),
  shape('Google', 'ya29\\.', words(20, 2000)),
  shape('Google', 'GOCSPX-', words(20)),
  shape('Google', '1//0', words(30)),
  shape('Grafana', 'gl(?:c|sa)_', '[\\w+/=]{30,400}'),
  shape('Groq', 'gsk_', '[A-Za-z0-9]{40,80}'),
  shape('Harness', '[ps]at\\.', '[\\w-]{16,30}\\.[0-9a-f]{20,30}\\.[A-Za-z0-9]{16,30}'),
  shape('Heroku', 'HRKU-', words(30)),
  shape('Hugging Face', 'hf_|api_org_', '[A-Za-z0-9]{30,40}'),
  shape('Infracost', 'ico-', '[A-Za-z0-9]{32}'),
  shape('LaunchDarkly', '(?:sdk|api|mob)-', uuid),
  shape('Linear', 'lin_(?:api|oauth)_', '[A-Za-z0-9]{30,80}'),
  shape('Mailgun', '(?:pub)?key-', hex(32)),
  shape('Mapbox', '[ps]k\\.eyJ', '[\\w-]{20,300}\\.[\\w-]{10,100}'),
  shape('New Relic', 'NR(?:AK|JS|II|AL|RA)-', '[A-Za-z0-9-]{16,60}'),
  shape('Notion', 'ntn_|secret_', '[A-Za-z0-9]{40,60}'),
  shape('npm', 'npm_', '[A-Za-z0-9]{30,60}'),
  shape('NuGet', 'oy2', '[a-z0-9]{43}'),
  shape('Octopus', 'API-', '[A-Z0-9]{26}'),
  shape('OpenAI, Anthropic', 'sk-', words(20)),
  shape('OpenShift', 'sha256~', words(40)),
  shape('Perplexity', 'pplx-', '[A-Za-z0-9]{40,60}'),
  shape('Plaid', 'access-(?:sandbox|development|production)-', uuid),
  shape('PlanetScale', 'pscale_(?:tkn|pw|oauth)_', '[\\w=.-]{20,80}'),
  shape('Postman', 'PMAK-', '[0-9a-f]{20,30}-[0-9a-f]{30,40}'),
  shape('Prefect', 'pn[ub]_', '[A-Za-z0-9]{30,40}'),
  shape('Pulumi', 'pul-', hex(40)),
  shape('PyPI', 'pypi-', words(50, 2000)),
  shape('ReadMe', 'rdme_', '[a-z0-9]{60,80}'),
  shape('Replicate', 'r8_', '[A-Za-z0-9]{30,50}'),
  shape('RubyGems', 'rubygems_', hex(48)),
  shape('Scalingo', 'tk-us-', words(40)),
  shape('SendGrid', 'SG\\.', '[\\w-]{16,40}\\.[\\w-]{20,60}'),
  shape('Brevo', 'x(?:keysib|smtpsib)-', '[0-9a-f]{40,80}-[A-Za-z0-9]{10,30}'),
  shape('Sentry', 'sntry[su]_', '[\\w+/=-]{40,400}'),
  shape('Settlemint', 'sm_(?:aat|pat|sat)_', '[A-Za-z0-9]{16,40}'),
  shape('Shippo', 'shippo_(?:live|test)_', hex(40)),
  shape('Shopify', 'shp(?:at|ca|pa|ss)_', '[A-Fa-f0-9]{32}'),
  shape('Slack', 'xox[abceoprs]-|xapp-|xwfp-', '[A-Za-z0-9.%-]{10,400}'),
  shape('Square', 'sq0(?:atp|csp|idp)-', words(20)),
  shape('Stripe', '(?:[rs]k|pk)_(?:live|test|prod)_', '[A-Za-z0-9]{10,255}'),
  shape('Stripe', 'whsec_', '[A-Za-z0-9+/=]{20,100}'),
  shape('Supabase', 'sb(?:p|_secret)_', '[\\w-]{20,80}'),
  shape('Tailscale', 'tskey-', '[A-Za-z0-9-]{20,120}'),
  shape('Terraform Cloud', '[A-Za-z0-9]{14}\\.atlasv1\\.', '[\\w=-]{50,100}'),
  shape('Twilio', '(?:SK|AC)', hex(32)),
  shape('Typeform', 'tfp_', '[\\w.-]{40,80}'),
  shape('Vault', 'hv[sbr]\\.', words(20)),
  shape('WireGuard and others', 'nvapi-|xai-|pcsk_|tvly-|fw_|vercel_', words(20)),
  shape('Yandex', 'AQVN|YC[A-Z]?', '[\\w-]{35,60}'),
  shape('Yandex', 't1\\.', '[A-Z0-9a-z_-]{10,400}[=]{0,2}\\.[\\w-]{60,120}={0,2}'),
];

const prefixed = shapes.map(({begins, then}) => `(?:${begins})${then}`).join('|');

/** Tokens by what is in their middle or by the form of the whole. */
const odd: readonly string[] = [
  // Azure AD, Telegram, Mailchimp, MaxMind, Discord.
  String.raw`[\w~.]{3}\dQ~[\w~.-]{31,34}`,
  String.raw`(?:bot)?\d{8,10}:A[\w-]{33,35}`,
  String.raw`[0-9a-f]{32}-us\d{1,2}`,
  String.raw`[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk`,
  String.raw`[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,40}`,
  // JWT.
  String.raw`eyJ[\w-]{8,4000}\.[\w-]{4,8000}(?:\.[\w-]{0,4000})?`,
];

/** All of them in one, so that a text is read once. */
export const tokens = new RegExp(`(?<![A-Za-z0-9_])(?:${[prefixed, ...odd].join('|')})`, 'gu');
