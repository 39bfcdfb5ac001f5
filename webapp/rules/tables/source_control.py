"""Git itself: transfers, conflicts, the state of a working copy."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
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
