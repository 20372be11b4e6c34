#!/bin/sh
# The registry behind logins: everybody with a login may read, and who creates a model may change
# it. Nothing is answered without one but /health. README.md says which variables it needs.
set -eu
umask 077
: "${MLFLOW_AUTH_DATABASE_URI:?where the logins are kept, such as sqlite:////var/lib/mlflow/logins.db}"
: "${MLFLOW_BACKEND_STORE_URI:?where models and runs are kept, such as sqlite:////var/lib/mlflow/mlflow.db}"
: "${MLFLOW_ARTIFACTS_DESTINATION:?where files are kept, such as /var/lib/mlflow/artifacts}"
: "${MLFLOW_AUTH_ADMIN_PASSWORD:?the first password of the login admin}"
: "${MLFLOW_FLASK_SERVER_SECRET_KEY:?a long random text, the same for all workers}"

# The password stays in the environment: nothing secret but the address of the database is written.
MLFLOW_AUTH_CONFIG_PATH=$(mktemp)
export MLFLOW_AUTH_CONFIG_PATH
cat > "$MLFLOW_AUTH_CONFIG_PATH" <<INI
[mlflow]
default_permission = READ
database_uri = $(printf %s "$MLFLOW_AUTH_DATABASE_URI" | sed 's/%/%%/g')
admin_username = admin
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
INI
export MLFLOW_DISABLE_TELEMETRY=true MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false
exec mlflow server --app-name basic-auth --serve-artifacts \
    --host "${HOST:-127.0.0.1}" --port "${PORT:-5000}" --workers "${WORKERS:-2}"
