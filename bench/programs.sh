#!/bin/sh
# Redis, nginx and its nchan module, for the comparisons with them: installed where they are
# missing and this is Debian or Ubuntu as root, without starting them as services.
missing=""
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v nginx >/dev/null || missing="$missing nginx"
[ -e /usr/lib/nginx/modules/ngx_nchan_module.so ] || missing="$missing libnginx-mod-nchan"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing$missing …"
  { apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 && exit 0
fi
echo "Not there, so the comparisons with it are left out:$missing." \
  "Install it with apt-get to have them."
