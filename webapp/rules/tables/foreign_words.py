"""The commonest messages of PostgreSQL, Git and operating systems in German, Spanish, French,
Portuguese, Japanese and Chinese, as these programs word them."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add

add(
    "database_password_foreign",
    Family.INVALID_CREDENTIALS,
    "the database does not accept the password",
    "28p01 | passwort-authentifizierung für benutzer | autentificación password falló"
    " | authentification par mot de passe échouée | autenticação do tipo senha falhou"
    " | パスワード認証に失敗しました | password 认证失败 | 密码认证失败",
    identifies=False,
)
add(
    "git_sign_in_foreign",
    Family.INVALID_CREDENTIALS,
    "the repository's server does not accept who is asking",
    "authentifizierung fehlgeschlagen für | autenticación falló para"
    " | falló la autenticación para | échec d'authentification pour | authentification échouée pour"
    " | falha de autenticação para | falha na autenticação para | の認証に失敗しました"
    " | 身份验证失败 | 认证失败",
    identifies=False,
)
add(
    "connection_refused_foreign",
    Family.NETWORK,
    "nothing accepts connections there at the moment",
    "verbindungsaufbau abgelehnt | verbindung abgelehnt | conexión rehusada | conexión rechazada"
    " | connexion refusée | conexão recusada | 接続を拒否されました | 接続が拒否されました"
    " | 拒绝连接 | 连接被拒绝",
    category=Category.ENV_ERROR,
    identifies=False,
)
add(
    "timeout_foreign",
    Family.TIMEOUT,
    "the other side did not answer in time",
    "zeitüberschreitung der verbindung | die wartezeit für die verbindung ist abgelaufen"
    " | expiró el tiempo de conexión | connexion terminée par expiration du délai"
    " | tempo esgotado para conexão | 接続がタイムアウトしました | 连接超时",
    category=Category.ENV_ERROR,
    identifies=False,
)
add(
    "disk_full_foreign",
    Family.DISK_FULL,
    "the disk has no room left",
    "kein speicherplatz mehr verfügbar | no queda espacio en el dispositivo"
    " | aucun espace disponible sur le périphérique | não há espaço disponível no dispositivo"
    " | デバイスに空き領域がありません | 设备上没有空间",
    category=Category.ENV_ERROR,
    identifies=False,
)
