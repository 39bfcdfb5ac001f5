"""What databases say about tables, columns, rows and requests."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
add(
    "postgres_role_missing",
    Family.DATABASE_SCHEMA,
    "the database has no user of this name, and one can be created",
    "role",
    r"role \"?'?([\w.$-]+)\"?'? does not exist",
)
add(
    "database_missing",
    Family.DATABASE_SCHEMA,
    "there is no database of this name, and one can be created",
    "unknown database | database \" | database ' | 3d000 | p1003 | cannot open database"
    " | er_bad_db_error",
    r"(?:unknown database|database|cannot open database) \"?'?([\w.$-]+)\"?'?(?: does not exist"
    r"| requested by| at|$|\")|er_bad_db_error",
)
add(
    "table_missing",
    Family.DATABASE_SCHEMA,
    "the database lacks a table that the program expects",
    "relation | no such table | doesn't exist | p2021 | undefinedtable | undefined table"
    " | ora-00942 | invalid object name | er_no_such_table",
    r"relation \"?'?([\w.$-]+)\"?'? does not exist|no such table: ([\w.]+)"
    r"|table '?\"?(?:[\w-]+\.)?([\w-]+)'?\"? doesn't exist"
    r"|table '?\"?([\w.]+)'?\"? does not exist in the current database"
    r"|invalid object name '?([\w.]+)|(ora-00942)",
)
add(
    "column_missing",
    Family.DATABASE_SCHEMA,
    "the database lacks a column that the program expects",
    "column | no such column | unknown column | has no column named | p2022 | invalid column name",
    r"column \"?'?([\w.$\"]+?)\"?'? (?:of relation \"?([\w.]+)\"? )?does not exist"
    r"|no such column: ([\w.]+)|unknown column '?([\w.]+)|has no column named (\w+)"
    r"|column '?([\w.]+)'? does not exist in the current|invalid column name '?(\w+)",
)
add(
    "database_object_exists",
    Family.DATABASE_SCHEMA,
    "the database already has what the migration wants to create",
    "already exists | duplicate column | duplicate key name | p3005"
    " | the database schema is not empty",
    r"(?:relation|table|type|column|index|schema|database|role|constraint|function"
    r"|extension) \"?'?([\w.$-]+)\"?'?(?: of relation \"?([\w.]+)\"?)? already exists"
    r"|duplicate (?:column|key) name:? '?([\w.]+)|(p3005|schema is not empty)",
)
add(
    "unique_constraint",
    Family.DATA_CONFLICT,
    "the same entry is already stored",
    "duplicate key value violates unique constraint | duplicate entry"
    " | unique constraint failed | e11000 duplicate key | violation of unique key"
    " | violation of primary key | p2002 | uniqueviolation | ora-00001",
    r"unique constraint \"?'?([\w.]+)|duplicate entry .{0,120}? for key '?([\w.]+)"
    r"|unique constraint failed(?: on the (?:fields|constraint))?: \(?['\"]?([\w., '\"]+)"
    r"|e11000 duplicate key.{0,80}?collection: ([\w.-]+).{0,40}?index: ([\w.-]+)"
    r"|unique key constraint '?([\w.]+)|(ora-00001)|p2002|uniqueviolation",
)
add(
    "foreign_key_constraint",
    Family.DATA_CONFLICT,
    "an entry refers to another one that is not there",
    "violates foreign key constraint | foreign key constraint fail* | foreignkeyviolation"
    " | p2003 | conflicted with the foreign key",
    r"foreign key constraint \"?'?([\w.]+)|constraint '?([\w.]+)'? foreign key"
    r"|(foreign key constraint failed)|foreign key|p2003",
)
add(
    "not_null_constraint",
    Family.DATA_CONFLICT,
    "a required value is empty",
    "violates not-null constraint | not null constraint failed | cannot be null"
    " | notnullviolation | violates check constraint | doesn't have a default value"
    " | contains null values | cannot insert the value null",
    r"column \"?'?([\w.]+)\"?'? (?:of relation \"?([\w.]+)\"? )?(?:violates|cannot be null"
    r"|contains null)|not null constraint failed: ([\w.]+)|check constraint \"?'?([\w.]+)"
    r"|field '?([\w.]+)'? doesn't have|value null into column '?(\w+)",
)
add(
    "sql_syntax",
    Family.CODE_BUG,
    "the program sends the database a request that it cannot read",
    'syntax error at or near | error in your sql syntax | near " | operator does not exist'
    " | function | invalid input syntax for | incorrect string value"
    " | data too long for column | value too long for type | unrecognized token"
    " | current transaction is aborted | cannot insert multiple commands"
    " | must appear in the group by | incorrect syntax near | could not determine data type"
    " | out of range | cannot be cast automatically | cannot be cast to type"
    " | invalid input value for enum",
    r"at or near \"?'?([\w.$;()-]+)|near \"([\w.$;()-]+)\": syntax error"
    r"|operator does not exist: ([\w \[\]]+? [^\w\s]+ [\w \[\]]+)"
    r"|function ([\w.]+)\([^)]*\) does not exist|invalid input syntax for (?:type )?([\w ]+)"
    r"|data too long for column '?(\w+)|value too long for type ([\w ]+)"
    r"|(current transaction is aborted)|input value for enum \"?(\w+)"
    r"|column \"?([\w.]+)\"? must appear|column \"?([\w.]+)\"? cannot be cast"
    r"|incorrect syntax near '?([^' ]+)|sql syntax|incorrect string value",
)
add(
    "index_too_long",
    Family.DATABASE_SCHEMA,
    "the program wants an index over more than the database allows",
    "specified key was too long | er_too_long_key | index row size | row size too large"
    " | identifier name",
    r"(?:specified key was too long|er_too_long_key)()|index row (size)|(row size) too large"
    r"|identifier name '?(\w+)'? is too long",
)
add(
    "database_version",
    Family.VERSION_CONFLICT,
    "the stored data belongs to another version of the database",
    "database files are incompatible with server | initialized by postgresql version"
    " | was initialized by | unsupported redis"
    " | pg_dump: error: aborting because of server version mismatch | server version mismatch"
    " | unsupported wire version | data directory | collation version mismatch"
    " | password option not supplied"
    " | database is uninitialized and superuser password is not specified"
    " | you need to specify one of mysql_root_password | err unknown command",
    r"(incompatible with server|initialized by)|(version mismatch)|(wire version)"
    r"|(superuser password is not specified|mysql_root_password)|data directory \"?[^ ]* (?:has"
    r"|is)|unknown command '?'?(\w+)|unsupported redis",
)
add(
    "extension_missing",
    Family.DATABASE_SCHEMA,
    "the database lacks an extension or a type that the program expects",
    'could not open extension control file | extension " | type " | schema "'
    " | function uuid_generate",
    r"extension control file .{0,120}?([\w-]+)\.control|(?:extension|type"
    r"|schema) \"([\w.-]+)\" (?:does not exist|is not available|must be installed)"
    r"|(uuid_generate_v4)",
)
add(
    "migration_state",
    Family.DATABASE_SCHEMA,
    "the database and the list of its changes do not fit together",
    "migrations are pending | can't locate revision identified by | multiple head revisions"
    " | target database is not up to date | inconsistentmigrationhistory"
    " | conflicting migrations detected | drift detected | p3009 | p3018 | p3006"
    " | found failed migrations | migration failed to apply cleanly | nodenotfounderror"
    " | migration checksum mismatch | validate failed: migration | found non-empty schema"
    " | is applied before its dependency | you are trying to add a non-nullable field"
    " | it is impossible to add a non-nullable field | migrate found failed migrations"
    " | pendingmigrationerror | dirty database version",
    r"(migrations are pending|pendingmigration)|(locate revision)|(multiple head)"
    r"|(not up to date)|(inconsistentmigrationhistory|applied before its dependency)"
    r"|(conflicting migrations)|(drift)|(p3009|failed migrations)|(p3018)|(p3006"
    r"|failed to apply cleanly)|(checksum)|non-nullable field '?(\w+)|(non-empty schema)"
    r"|(dirty database)|nodenotfound|validate failed",
)
