"""Docker Hub and the Docker service of the machine."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.CODE_ERROR)
add = table.add
ENV = Category.ENV_ERROR
add(
    "image_rate_limit",
    Family.RATE_LIMIT,
    "Docker Hub limits how many images may be fetched",
    "toomanyrequests | pull rate limit",
    category=Category.NEVER_RETRY,
)
add(
    "docker_not_running",
    Family.SERVICE_DOWN,
    "Docker itself is not running",
    "cannot connect to the docker daemon | is the docker daemon running"
    " | error during connect | docker desktop is not running"
    " | couldn't connect to docker daemon | dockerdesktoplinuxengine | docker_engine"
    " | failed to connect to the docker api",
    r"cannot connect to the docker|docker daemon running|error during connect"
    r"|desktop is not running|couldn't connect to docker|pipe|docker api",
    category=ENV,
)
add(
    "docker_socket_refused",
    Family.PERMISSION,
    "this account may not use Docker on this machine",
    "permission denied while trying to connect to the docker"
    " | got permission denied while trying"
    " | dial unix /var/run/docker.sock: connect: permission denied",
    category=Category.NEVER_RETRY,
)
