"""Git and the places where repositories and pipelines live."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "git_lfs_quota",
    Family.BILLING_QUOTA,
    "the plan for large files in this repository is used up",
    "over its data quota | exceeded its lfs budget | lfs bandwidth",
)
add(
    "git_host_key",
    Family.VERSION_CONTROL,
    "this machine does not know the host yet, and it has to be added to the known hosts",
    "host key verification failed | remote host identification has changed",
    r"(host key verification failed|identification has changed)",
    category=Category.CODE_ERROR,
)
add(
    "git_password_removed",
    Family.INVALID_CREDENTIALS,
    "the host no longer takes passwords, so an access token is needed",
    "support for password authentication was removed"
    " | password authentication is not supported for git operations"
    " | http basic: access denied | your password has expired",
    r"(password authentication|http basic: access denied|password has expired)",
)
add(
    "git_ssh_key_refused",
    Family.INVALID_CREDENTIALS,
    "the host does not know the key of this machine",
    "permission denied (publickey | permission denied, please try again"
    " | no supported authentication methods available | too many authentication failures"
    " | could not open a connection to your authentication agent | error loading key"
    " | load key",
    r"([\w.-]+@[\w.-]+): permission denied \(publickey|(permission denied \(publickey)"
    r"|(please try again|supported authentication|authentication failures)|(error in libcrypto"
    r"|invalid format|error loading key|authentication agent)",
)
add(
    "git_no_user_name",
    Family.MISSING_CREDENTIALS,
    "the repository asks for a sign-in, and there is none",
    "could not read username for | could not read password for | terminal prompts disabled",
    r"could not read (?:username|password) for '?\"?https?://(?:[^@'/]*@)?([\w.-]+)"
    r"|terminal prompts disabled",
)
add(
    "git_sign_in_refused",
    Family.INVALID_CREDENTIALS,
    "the host does not accept the sign-in",
    "authentication failed for | invalid username or password | invalid username or token"
    " | http 401 curl | returned error: 401"
    " | authentication required: you must have push access | basic auth failed",
    r"authentication failed for '?\"?https?://(?:[^@'/]*@)?([\w.-]+)|(invalid username or)"
    r"|(returned error: 401|http 401|basic auth failed|must have push access)",
)
add(
    "git_repository_refused",
    Family.PERMISSION,
    "the repository does not exist or this account may not see it",
    "repository not found | fatal: repository "
    "| could not be found or you don't have permission to view it"
    " | denied to | write access to repository not granted | you are not allowed to push"
    " | you are not allowed to download code | deploy key | key is already in use"
    " | returned error: 403 | saml sso"
    " | saml enforcement | access rights to this repository",
    r"repository '(?:https?://[^\s'/]+/|[\w.-]+@[^\s':]+[:/])?([\w./-]+?)(?:\.git)?/?' not found"
    r"|(repository not found|don't have permission to view)|permission to \S+ (denied to)"
    r"|(write access to repository not granted)|(not allowed to (?:push|download))"
    r"|(returned error: 403)|(saml)|(key is already in use)",
)
add(
    "git_secret_in_commit",
    Family.VERSION_CONTROL,
    "a secret stands in what is to be published, and the host does not take it",
    "push cannot contain secrets | gitguardian | secret scanning",
    r"push cannot contain secrets()|secret scanning found()",
    category=Category.CODE_ERROR,
)
add(
    "git_protected_branch",
    Family.PERMISSION,
    "the branch is protected, and only its owners may change that",
    "protected branch | gh006 | gh013 | repository rule violations | push declined due to"
    " | pre-receive hook declined | refusing to allow a",
    r"(gh013|repository rule violations|push protection|push declined)|(gh006|protected branch)"
    r"|refusing to allow an? [\w ]+? to create or update (workflow)|(pre-receive hook declined)",
)
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
add(
    "git_lock_held",
    Family.LOCK_HELD,
    "another Git process is at work in the same repository",
    "another git process seems to be running | index.lock | shallow.lock | config.lock"
    " | cannot lock ref | could not lock config file | head.lock",
    r"([\w.-]+\.lock)': file exists|(could not lock config)|another git process"
    r"|cannot lock ref '?([\w./-]+)?",
    category=Category.ENV_ERROR,
)
add(
    "git_server_error",
    Family.SERVICE_DOWN,
    "the repository's host answers that it has trouble of its own",
    "returned error: 5* | rpc failed; http 5* | remote: internal server error",
    r"(?:rpc failed; http|returned error:) 5\d\d|internal server error",
    category=Category.ENV_ERROR,
)
add(
    "git_transfer_broken",
    Family.NETWORK,
    "the transfer from the repository's host broke off",
    "early eof | rpc failed | the remote end hung up unexpectedly | index-pack failed"
    " | unexpected disconnect while reading sideband packet"
    " | fetch-pack: invalid index-pack output",
    r"(?:early eof|index-pack|sideband)()|rpc failed; (http) [34]|(rpc failed|hung up)",
    category=Category.ENV_ERROR,
)
add(
    "git_tls_broken",
    Family.NETWORK,
    "the secure connection to the repository's host broke off",
    "gnutls_handshake() failed | gnutls recv error"
    " | tls connection was non-properly terminated | openssl ssl_connect | openssl ssl_read"
    " | ssl_error_syscall | schannel: failed to receive handshake"
    " | the tls connection was non-properly",
    r"https?://(?:[^@'/]*@)?([\w.-]+)[^']*'?:? .{0,40}(?:gnutls|openssl|schannel)|gnutls"
    r"|openssl|schannel|ssl_error_syscall|tls connection",
    category=Category.ENV_ERROR,
)
add(
    "git_file_too_large",
    Family.VERSION_CONTROL,
    "a file is larger than the repository's host takes",
    "gh001 | exceeds github's file size limit | exceeds maximum file size | file size limit",
    category=Category.CODE_ERROR,
)
add(
    "git_push_rejected",
    Family.VERSION_CONTROL,
    "the host has newer changes, which have to be combined first",
    "non-fast-forward | (fetch first) | updates were rejected because | ! [rejected]"
    " | divergent branches | not possible to fast-forward | failed to push some refs",
    r"(fetch first|non-fast-forward)|(divergent|not possible to fast-forward)"
    r"|(would clobber existing tag|stale info)|(updates were rejected)"
    r"|(src refspec [\w./-]+ does not match)|rejected",
    category=Category.CODE_ERROR,
)
add(
    "git_merge_conflict",
    Family.VERSION_CONTROL,
    "two changes touch the same lines and have to be combined by hand",
    "automatic merge failed | merge conflict in | would be overwritten by"
    " | you have unmerged paths | could not apply | unmerged files"
    " | not something we can merge | refusing to merge unrelated histories"
    " | patch does not apply | conflict (content)"
    " | you need to resolve your current index first",
    r"(automatic merge failed|merge conflict|conflict \()|(would be overwritten by \w+)"
    r"|(unmerged)|(could not apply)|(unrelated histories)|(not something we can merge)"
    r"|(patch does not apply)|resolve",
    category=Category.CODE_ERROR,
)
add(
    "git_dubious_ownership",
    Family.VERSION_CONTROL,
    "the folder belongs to another user, and Git wants to be told that this is meant",
    "dubious ownership in repository | unsafe repository",
    category=Category.CODE_ERROR,
)
add(
    "git_state",
    Family.VERSION_CONTROL,
    "the state of the repository does not allow this command",
    "not a git repository | did not match any file | please tell me who you are"
    " | unknown revision | does not appear to be a git repository | couldn't find remote ref"
    " | remote branch | no submodule mapping | already exists and is not an empty directory"
    " | filename too long | detached head | gpg failed to sign | nothing to commit"
    " | bad object | no url found for submodule | not our ref"
    " | no configured push destination | has no upstream branch"
    " | remote origin already exists | already checked out at"
    " | unable to auto-detect email address | shallow update not allowed"
    " | reference is not a tree | pathspec",
    r"(not a git repository)|(tell me who you are|auto-detect email)|(unknown revision)"
    r"|(does not appear to be a git)|remote (?:ref|branch) '?([\w./-]+)|(no submodule mapping"
    r"|no url found for submodule)|(not an empty directory)|(filename too long)|(gpg failed)"
    r"|pathspec '?([\w./-]+)|(has no upstream|no configured push)|(not our ref|not a tree)"
    r"|(remote origin already)|(already checked out)|(shallow update)|(nothing to commit)",
    category=Category.CODE_ERROR,
)
add(
    "pipeline_definition",
    Family.BUILD_CONFIG,
    "the definition of the pipeline is not valid",
    "invalid workflow file | unable to resolve action | can't find 'action.yml'"
    " | unexpected value | unrecognized named-value | the workflow is not valid"
    " | yaml invalid | this gitlab ci configuration is invalid"
    " | no stages / jobs for this pipeline | unable to find any artifacts"
    " | no files were found with the provided path | artifact not found"
    " | jobs config should contain | the 'set-output' command is deprecated"
    " | the `set-output` command is deprecated | set-env' command is disabled"
    " | requested labels | duplicate artifact name | artifact with this name already exists",
    r"unable to resolve action '?([\w./@-]+)|(set-output|set-env)|(artifacts? (?:not found"
    r"|with this name)|any artifacts)|(no files were found)|invalid workflow|find 'action"
    r"|unexpected value|named-value|not valid|yaml invalid|configuration is invalid|no stages"
    r"|jobs config|requested labels|duplicate artifact",
    category=Category.CODE_ERROR,
    identifies=False,
    subject_identifies=True,
)
