#!/bin/sh
# Makes a login: MLFLOW_URL=https://… MLFLOW_AUTH_ADMIN_PASSWORD=… PASSWORD=… add-login.sh NAME
# Passwords go to curl by its input, since every user of a machine can read the words of a command.
set -eu
name=${1:?the name of the login, such as iargus-web}
: "${MLFLOW_URL:?} ${MLFLOW_AUTH_ADMIN_PASSWORD:?} ${PASSWORD:?}"
case "$name$PASSWORD$MLFLOW_AUTH_ADMIN_PASSWORD" in
*[!A-Za-z0-9._-]*) echo "names and passwords here are letters, digits, dots, hyphens and underscores" >&2; exit 2 ;;
esac
curl --silent --show-error --fail-with-body --config - <<CURL
user = "admin:$MLFLOW_AUTH_ADMIN_PASSWORD"
header = "Content-Type: application/json"
data = "{\"username\":\"$name\",\"password\":\"$PASSWORD\"}"
url = "${MLFLOW_URL%/}/api/2.0/mlflow/users/create"
CURL
echo
