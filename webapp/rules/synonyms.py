"""Words that tools use for one and the same problem: a code, its text, an older version's text.

Which of them a rule finds first depends on the tool's version and on where a message was cut off,
so a signature takes the first of each line here for all of them. The words are compared without
spaces and punctuation; a line that begins with `=` stands for the rule without any subject.
"""

import re
from typing import Final

_SAME: Final = """
payload_too_large: recordtoolarge = messagetool = messagesizetool = maxmessagesize
payload_too_large: recordtoolarge = messagesizetoolarge
payload_too_large: 414 = uritool
payload_too_large: 431 = requestheader
payload_too_large: 413 = payload = entity = body
javascript_test_timeout: exceededtimeoutof = asynccallbackwasnotinvoked
hugging_face_private_repository: = notavalidmodelidentifier = repositorynotfounderror
hugging_face_private_repository: = invalidusernameorpassword = repositorynotfound
model_organisation_unverified: doesnothaveaccesstomodel = notallowedtosample
model_organisation_unverified: doesnothaveaccesstomodel = donthaveaccesstothemodel
model_organisation_unverified: doesnothaveaccesstomodel = requestaccess
model_organisation_unverified: terminated = deactivated = hasbeendisabled
kubernetes_not_signed_in: = askedfortheclient
docker_build_file_missing: readdockerfile = dockerfilepath
container_command_missing: notadirectory = mountadirectoryontoafile
container_network: nonoverlapping = fullysubnetted
gpu_not_available: nocudagpus = nocudacapable
system_package_source: couldnotconnect = unabletoconnect = connectiontimedout = connectionfailed
certificate_not_trusted: certificatehasexpired = certhasexpired = hasexpiredorisnotyetvalid
certificate_not_trusted: selfsignedcertificate = selfsignedcert
certificate_not_trusted: localissuer = getissuercert
certificate_not_trusted: firstcertificate = leafsignature
certificate_not_trusted: hostnamemismatch = altname = doesntmatch = notvalidfor = isvalidfor
tls_protocol: supportssl = sslisnotenabled
tls_protocol: sslconnectionisrequired = insecuretransport = ssloff
tls_protocol: handshakefailure = fatalalert
tls_protocol: unsupportedprotocol = noprotocols
connection_refused: mysqldsock = mysqlsock = serverthroughsocket
connection_refused: spgsql = unixsocket
npm_network: econnreset = networkaborted
registry_sign_in: eneedauth = requiresyoutobeloggedin
registry_sign_in: eotp = onetimepassword
registry_sign_in: codee401 = npmerr401 = npmerror401 = err401 = error401 = 401error
registry_sign_in: codee401 = unabletoauthenticateneed = incorrectormissingpassword
registry_forbidden: e402 = paymentrequired
npm_cycle_or_state: unsupportedurltype = eunsupportedprotocol
git_repository_refused: returnederror403 = deniedto = writeaccesstorepositorynotgranted
git_protected_branch: repositoryruleviolations = gh013 = pushdeclined
pipeline_billing: spendinglimit = paymentshavefailed
git_transfer_broken: = rpcfailed = hungup
git_push_rejected: fetchfirst = nonfastforward = updateswererejected
git_merge_conflict: mergeconflict = automaticmergefailed = conflict
git_state: tellmewhoyouare = autodetectemail
sender_not_verified: addressisnotverified = messagerejected
twilio_trial_number: trialaccounts = 21608
twilio_number_not_allowed: validsmscapable = messagecapable = 21606
twilio_number_not_allowed: permissiontosendansms = 21408
discord_access: invalidtokenwasprovided = impropertoken = tokeninvalid
oauth_grant_expired: = invalidgrant
firebase_key: = authunauthorizeddomain
google_api_not_enabled: notenabled = accessnotconfigured = servicedisabled
aws_token_invalid: invalidaccesskeyid = accesskeyidyouprovided
aws_token_invalid: authfailure = wasnotabletovalidate
aws_bucket: nosuchkey = keydoesnotexist
gcp_credentials_missing: activeaccount = credentialed
google_quota: quotaexceeded = exceededyoura
azure_not_authorized: permissionmismatch = usingthispermission
azure_quota: exceedingapproved = quotaexceeded
mysql_sign_in_method: authmode = authenticationprotocol
redis_sign_in: wrongpass = usernamepasswordpair
redis_sign_in: nopasswordisset = withoutanypassword
postgres_starting: systemisstartingup = notyetaccepting = recovery
database_connections_used_up: toomanyconnections = erconcount
database_locked: databaseislocked = databasetableislocked = sqlitebusy
database_locked: lockwaittimeout = locktimeout
broker_unavailable: brokermaynot = connectiontonode
prisma_unreachable: p1001 = cantreach
prisma_unreachable: p1002 = wasreachedbuttimedout
mongo_server_selection: serverselection = serverselectiontimedout
database_object_exists: p3005 = schemaisnotempty
database_version: incompatiblewithserver = initializedby
migration_state: p3009 = failedmigrations
migration_state: p3006 = failedtoapplycleanly
migration_state: pendingmigration = migrationsarepending
disk_full: diskquota = edquot
java_heap: insufficientmemory = nativememory
memory_used_up: oomkilled = oomkill
memory_used_up: sigkill = signal9
memory_used_up: cannotallocatememory = enomem = unabletoallocate
memory_used_up: outofmemory = ranoutofmemory = memoryexhausted
package_manager_locked: dpkg = apt
package_manager_locked: rpm = yum = dnf
too_many_open_files: emfile = toomanyopenfiles
python_build_tool_missing: microsoftvisualc = vcvarsall
python_build_tool_missing: rustcompiler = cargo
python_settings: findflask = locateaflask
node_module_kind: unsupporteddirimport = directoryimport
node_gyp: nodemoduleversion = differentnodejsversion
node_gyp: notfoundmake = makenotfound
node_gyp: noxcode = commandlinetools
node_gyp: sharp = vips
browser_missing: nousablesandbox = withoutnosandbox
browser_missing: missingxserver = headedbrowser
browser_missing: sessionnotcreated = onlysupportschromeversion
web_token: jwtexpired = tokenexpired
web_token: invalidsignature = signatureverification
web_token: jwtmalformed = notenoughsegments
go_module: gomodfilenotfound = findmainmodule
bundler: moduleparsefailed = appropriateloader = loaderisconfigured
cocoapods_or_xcode: podfilelock = sandboxisnotinsync
dotnet_error: compatibleframework = installorupdatenet
native_build: segmentationfault = sigsegv
native_build: illegalinstruction = sigill
native_build: noacceptableccompiler = cxxcompiler
"""

_NOT_LETTERS: Final = re.compile(r"[^a-z0-9]+")


def _entries() -> dict[tuple[str, str], str]:
    entries = {}
    for line in _SAME.strip().splitlines():
        rule, words = line.split(":", 1)
        first, *others = (word.strip() for word in words.split("="))
        entries.update({(rule, other): first for other in (first, *others) if other})
    return entries


FIRST_WORD: Final = _entries()


def one_word_for(rule: str, subject: str) -> str:
    """Return `subject`, or the word that stands for it and its synonyms under `rule`."""
    return FIRST_WORD.get((rule, _NOT_LETTERS.sub("", subject)), subject)
