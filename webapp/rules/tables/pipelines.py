"""The places where repositories live and pipelines run."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "github_action_not_allowed",
    Family.PERMISSION,
    "the pipeline's token may not do this until its owner allows it",
    "resource not accessible by | must have admin rights to repository"
    " | github actions is not permitted to create or approve"
    " | resource protected by organization saml | permission_denied: write_package"
    " | unable to get actions_id_token_request_url"
    " | your token has not been granted the required scopes | not have 'workflow' scope",
    r"resource not accessible by (integration|personal access token)|(admin rights"
    r"|not permitted to create|saml|write_package|actions_id_token_request_url|required scopes"
    r"|workflow' scope)",
)
add(
    "github_bad_credentials",
    Family.INVALID_CREDENTIALS,
    "GitHub does not accept the access token",
    "bad credentials",
)
add(
    "pipeline_secret_missing",
    Family.MISSING_CREDENTIALS,
    "the pipeline needs a secret that nobody has stored yet",
    "input required and not supplied: token | input required and not supplied"
    " | gh_token environment variable | github_token"
    " | parameter token or opts.auth is required | secret is required",
    r"not supplied: ([\w-]*(?:token|key|secret|password)[\w-]*)|set the (gh_token)"
    r"|(github_token|opts\.auth).{0,40}(?:required|not set|missing)|([\w-]+) secret is required",
)
add(
    "github_rate_limit",
    Family.RATE_LIMIT,
    "the service limits how often it may be asked",
    "api rate limit exceeded | secondary rate limit | abuse detection mechanism",
    r"api rate limit exceeded for()|git(?:hub|lab).{0,300}api rate limit exceeded()"
    r"|api rate limit exceeded.{0,300}github()|(secondary rate limit|abuse detection)"
    r"|api rate limit exceeded",
)
add(
    "pipeline_billing",
    Family.BILLING_QUOTA,
    "the pipeline's plan or payment stands in the way",
    "recent account payments have failed | spending limit needs to be increased"
    " | pipeline minutes | ci minutes | the job was not started because"
    " | user validation required | to run pipelines on shared runners",
    r"(payments have failed|spending limit)|(minutes)|(user validation|shared runners"
    r"|validate your)|(account is locked)",
)
add(
    "runner_lost",
    Family.INTERRUPTED,
    "the machine that runs the pipeline stopped or was taken away",
    "the runner has received a shutdown signal | lost communication with the server"
    " | the self-hosted runner | was not acquired by runner | runner system failure"
    " | internal server error occurred while resolving | the job running on runner"
    " | spot instance | has been evicted | preempted | no runner was available"
    " | node was shutting down | the agent did not connect | we stopped hearing from agent",
    r"(shutdown signal)|(lost communication|stopped hearing)|(not acquired)"
    r"|(runner system failure)|(preempted|evicted|spot instance|shutting down)"
    r"|(job running on runner)|(resolving)|(agent did not connect)",
    category=Category.ENV_ERROR,
)
