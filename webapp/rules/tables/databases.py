"""Databases, caches, search engines and message brokers that are busy or cannot be reached."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
NEVER, ENV = Category.NEVER_RETRY, Category.ENV_ERROR
add(
    "postgres_starting",
    Family.SERVICE_DOWN,
    "the database is still starting or stopping",
    "the database system is starting up | the database system is shutting down"
    " | the database system is in recovery | not yet accepting connections"
    " | terminating connection due to administrator command"
    " | loading redis is loading the dataset | loading the dataset in memory"
    " | server is still starting",
    r"(system is starting up|not yet accepting)|(shutting down)|(recovery)"
    r"|(administrator command)|(loading)",
    category=ENV,
)
add(
    "database_connections_used_up",
    Family.OVERLOADED,
    "all connections of the database are taken",
    "too many clients already | too many connections"
    " | remaining connection slots are reserved | max client connections reached"
    " | maxclientsinsessionmode | queuepool limit of size"
    " | timed out fetching a new connection from the connection pool"
    " | max number of clients reached | er_con_count_error | connection pool exhausted"
    " | connection is not available, request timed out after"
    " | couldn't get a connection after | acquire connection | resourcerequest timed out"
    " | timeout acquiring a connection | sorry, too many clients | connection pool timed out"
    " | no more connections allowed | could not obtain a database connection within",
    r"(too many clients)|(too many connections|er_con_count)|(connection slots)|(max client"
    r"|maxclients|max number of clients)|(queuepool limit)|(fetching a new connection)"
    r"|(pool exhausted|connection is not available|get a connection"
    r"|acquiring? (?:a )?connection|resourcerequest|pool timed out|database connection within)"
    r"|no more connections",
    category=ENV,
)
add(
    "database_locked",
    Family.LOCK_HELD,
    "another program holds the data that this one needs",
    "database is locked | database table is locked | sqlite_busy | lock wait timeout exceeded"
    " | deadlock detected | deadlock found when trying to get lock | er_lock_deadlock"
    " | could not obtain lock on | canceling statement due to lock timeout"
    " | was deadlocked on lock resources | could not serialize access | writeconflict"
    " | write conflict | is being accessed by other users | can't obtain lock | advisory lock"
    " | migration lock | migrationlocked | unable to acquire migration lock | changelog lock"
    " | concurrentmigrationerror | already locked",
    r"(database (?:table )?is locked|sqlite_busy)|(lock wait timeout)|(deadlock)|(obtain lock"
    r"|lock timeout)|(serialize access)|(write ?conflict)"
    r"|database \"?([\w-]+)\"? is being accessed|(migration|changelog|advisory)|already locked",
    category=ENV,
)
add(
    "search_disk_watermark",
    Family.DISK_FULL,
    "the search engine stopped writing because its disk is almost full",
    "flood-stage watermark | read-only / allow delete | flood stage disk watermark"
    " | read-only-allow-delete",
    category=ENV,
)
add(
    "search_engine_busy",
    Family.OVERLOADED,
    "the search engine has no room for the request just now",
    "circuit_breaking_exception | circuitbreakingexception | data too large, data for"
    " | es_rejected_execution_exception | no living connections"
    " | all shards failed | no_shard_available | master_not_discovered"
    " | clusterblockexception | connectiontimeout caused by | nonodesavailable",
    r"(?:circuit_?breaking|data too large)()|(rejected_execution)|(no living connections"
    r"|nonodesavailable)|(shards? (?:failed|available)|no_shard)|(master_not_discovered)"
    r"|connectiontimeout|clusterblock",
    category=ENV,
)
add(
    "broker_unavailable",
    Family.SERVICE_DOWN,
    "the message broker does not answer",
    "leader_not_available | leadernotavailable | nobrokersavailable | brokernotavailable"
    " | broker may not be available | failed to update metadata after | connection to node"
    " | all brokers are down | topic not present in metadata | not present in metadata after"
    " | kafkajsnumberofretriesexceeded | kombu.exceptions.operationalerror"
    " | consumer/consumer: cannot connect to | cannot connect to amqp | amqpconnectionerror"
    " | socket closed abruptly during opening handshake | clusterdown | masterdown"
    " | write against a read only replica | write against a read-only replica"
    " | not_leader_for_partition"
    " | coordinator is not available | coordinator_not_available | stream connection lost"
    " | misconf redis is configured to save rdb",
    r"(leader_?not_?available|not_leader)|(no ?brokers ?available|broker ?not ?available"
    r"|broker may not|all brokers|connection to node|update metadata|present in metadata)|(amqp"
    r"|opening handshake|stream connection lost)|(clusterdown|masterdown|read.only replica)"
    r"|(coordinator)|(misconf)|kafkajsnumberofretries|kombu",
    category=ENV,
)
add(
    "prisma_unreachable",
    Family.SERVICE_DOWN,
    "the database server does not answer",
    "can't reach database server at | p1001 | p1017 | p1002 | was reached but timed out",
    r"can't reach database server at '?\"?([\w.*-]+)'?\"?:'?\"?(\d+)|(p1001|can't reach)|(p1017)"
    r"|(p1002|was reached but timed out)",
    category=ENV,
)
add(
    "prisma_sign_in",
    Family.INVALID_CREDENTIALS,
    "the database does not accept the user name and password",
    "p1000 | authentication failed against database server",
    r"p1000|authentication failed against",
    category=NEVER,
)
add(
    "mongo_server_selection",
    Family.SERVICE_DOWN,
    "the database server does not answer",
    "server selection timed out | serverselectiontimeouterror | serverselectionerror"
    " | no primary found in replicaset | topology was destroyed | buffering timed out after"
    " | mongonetworkerror | mongonetworktimeouterror | mongotimeoutexception"
    " | could not connect to any servers in your mongodb atlas cluster"
    " | no replica set members",
    r"(?:(?<![\w.-])([\w.-]+):(27017))[:,]? .{0,60}(?:refused|timed out)|(econnrefused"
    r"|connection refused)[^|]{0,60}?(27017)|getaddrinfo \w+ ([\w.-]+)|(querysrv \w+)"
    r"|operation '?([\w.]+)\(\)'? buffering timed out|(atlas)|(server selection timed out"
    r"|serverselection)|(no primary|no replica set)|(topology was destroyed)|mongonetwork"
    r"|mongotimeout",
    category=ENV,
)
