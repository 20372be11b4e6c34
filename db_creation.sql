-- The two databases of IArgus and their tables, for MySQL 8 and MariaDB 10.11.
--
-- Run it as an administrator, as often as you like; it drops nothing and changes no row:
--
--     mysql --host HOST --user ADMIN --password < db_creation.sql
--
-- (or `mariadb` instead of `mysql`). Where an older service made tables of these names, they
-- stay as they are: run `iargus db upgrade` afterwards, which adds the columns that they lack.
-- `iargus db upgrade` alone does the same as this file once the databases exist.
--
-- Accounts. Choose names, hosts and passwords; none is in this file.
--
-- The API (MYSQL_USER of the web service) reads and writes `iargus_api`, and only adds
-- labelled rows:
--
--     CREATE USER 'iargus_web'@'%' IDENTIFIED BY '...';
--     GRANT SELECT, INSERT, UPDATE, DELETE ON iargus_api.* TO 'iargus_web'@'%';
--     GRANT INSERT ON iargus.car_details TO 'iargus_web'@'%';
--     GRANT INSERT ON iargus.labelled_examples TO 'iargus_web'@'%';
--
-- The job and the command line (MYSQL_USER of `model_monitoring.py`, `iargus train`,
-- `iargus import`) work on the labelled rows and list and revoke tokens:
--
--     CREATE USER 'iargus_job'@'%' IDENTIFIED BY '...';
--     GRANT SELECT, INSERT, UPDATE, DELETE ON iargus.* TO 'iargus_job'@'%';
--     GRANT SELECT, INSERT, UPDATE, DELETE ON iargus_api.* TO 'iargus_job'@'%';
--
-- `iargus db upgrade` needs another account, which may also create and alter tables:
--
--     GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON iargus.* TO ...;
--     GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON iargus_api.* TO ...;

SET NAMES utf8mb4;

-- Labelled data, and what the monthly job remembers.

CREATE DATABASE IF NOT EXISTS iargus CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.car_details (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `state` VARCHAR(64),
    `model` VARCHAR(128) NOT NULL,
    `make` VARCHAR(64) NOT NULL,
    `year` SMALLINT NOT NULL,
    `mileage` DOUBLE,
    `price` DOUBLE NOT NULL,
    `date_added` DATETIME NOT NULL,
    `source` VARCHAR(64) NOT NULL DEFAULT 'unknown',
    `row_key` VARCHAR(64),
    `import_id` BIGINT,
    PRIMARY KEY (`id`),
    UNIQUE KEY uq_car_details_row_key (`row_key`),
    KEY ix_car_details_date_added (`date_added`),
    KEY ix_car_details_import_id (`import_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.labelled_examples (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `task` VARCHAR(64) NOT NULL,
    `observed_at` DATETIME NOT NULL,
    `payload` JSON NOT NULL,
    `label` VARCHAR(255) NOT NULL,
    `source` VARCHAR(64) NOT NULL,
    `row_key` VARCHAR(64),
    `import_id` BIGINT,
    PRIMARY KEY (`id`),
    UNIQUE KEY uq_labelled_examples_row_key (`task`, `row_key`),
    KEY ix_labelled_examples_task_observed_at (`task`, `observed_at`),
    KEY ix_labelled_examples_import_id (`import_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.imports (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `task` VARCHAR(64) NOT NULL,
    `file` VARCHAR(255) NOT NULL,
    `digest` VARCHAR(64) NOT NULL,
    `source` VARCHAR(64) NOT NULL,
    `observed_at` DATETIME,
    `state` VARCHAR(16) NOT NULL,
    `started_at` DATETIME NOT NULL,
    `finished_at` DATETIME,
    `undone_at` DATETIME,
    `rows_added` BIGINT NOT NULL DEFAULT '0',
    `rows_known` BIGINT NOT NULL DEFAULT '0',
    `rows_rejected` BIGINT NOT NULL DEFAULT '0',
    `rows_removed` BIGINT NOT NULL DEFAULT '0',
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.monitoring_runs (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `task` VARCHAR(64) NOT NULL,
    `period` VARCHAR(7) NOT NULL,
    `window_start` DATETIME,
    `window_end` DATETIME NOT NULL,
    `finished_at` DATETIME NOT NULL,
    `rows_scored` INTEGER NOT NULL,
    `champion_version` VARCHAR(32),
    `state` VARCHAR(16) NOT NULL,
    `error` DOUBLE,
    `threshold` DOUBLE NOT NULL,
    `challenger_version` VARCHAR(32),
    `promoted` TINYINT(1) NOT NULL,
    `facts` JSON NOT NULL,
    PRIMARY KEY (`id`),
    UNIQUE KEY uq_monitoring_runs_task_period (`task`, `period`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.monitoring_steps (
    `task` VARCHAR(64) NOT NULL,
    `period` VARCHAR(7) NOT NULL,
    `step` VARCHAR(16) NOT NULL,
    `taken_at` DATETIME NOT NULL,
    `facts` JSON NOT NULL,
    PRIMARY KEY (`task`, `period`, `step`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.outbox (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `message_id` VARCHAR(255) NOT NULL,
    `task` VARCHAR(64) NOT NULL,
    `period` VARCHAR(7) NOT NULL,
    `kind` VARCHAR(32) NOT NULL,
    `subject` VARCHAR(255) NOT NULL,
    `body_text` LONGTEXT NOT NULL,
    `body_html` LONGTEXT NOT NULL,
    `created_at` DATETIME NOT NULL,
    `sent_at` DATETIME,
    `attempts` INTEGER NOT NULL DEFAULT '0',
    `last_error` VARCHAR(500),
    `next_attempt_at` DATETIME,
    `picture` MEDIUMBLOB,
    PRIMARY KEY (`id`),
    UNIQUE KEY uq_outbox_message_id (`message_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.job_lock (
    `name` VARCHAR(32) NOT NULL,
    `holder` VARCHAR(255) NOT NULL,
    `taken_at` DATETIME NOT NULL,
    PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus.alembic_version (
    version_num VARCHAR(32) NOT NULL,
    PRIMARY KEY (version_num)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Only tables with every column of this version count as revision 0004 of the migrations; an
-- older service's do not, and wait for `iargus db upgrade`.
INSERT INTO iargus.alembic_version (version_num)
SELECT '0004' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM iargus.alembic_version AS known)
    AND 69 = (
        SELECT COUNT(*) FROM information_schema.columns
        WHERE table_schema = 'iargus' AND (
            (table_name = 'car_details' AND column_name IN (
                'id', 'state', 'model', 'make', 'year', 'mileage', 'price',
                'date_added', 'source', 'row_key', 'import_id'
            ))
            OR
            (table_name = 'labelled_examples' AND column_name IN (
                'id', 'task', 'observed_at', 'payload', 'label', 'source',
                'row_key', 'import_id'
            ))
            OR
            (table_name = 'imports' AND column_name IN (
                'id', 'task', 'file', 'digest', 'source', 'observed_at',
                'state', 'started_at', 'finished_at', 'undone_at',
                'rows_added', 'rows_known', 'rows_rejected', 'rows_removed'
            ))
            OR
            (table_name = 'monitoring_runs' AND column_name IN (
                'id', 'task', 'period', 'window_start', 'window_end',
                'finished_at', 'rows_scored', 'champion_version', 'state',
                'error', 'threshold', 'challenger_version', 'promoted', 'facts'
            ))
            OR
            (table_name = 'monitoring_steps' AND column_name IN (
                'task', 'period', 'step', 'taken_at', 'facts'
            ))
            OR
            (table_name = 'outbox' AND column_name IN (
                'id', 'message_id', 'task', 'period', 'kind', 'subject',
                'body_text', 'body_html', 'created_at', 'sent_at', 'attempts',
                'last_error', 'next_attempt_at', 'picture'
            ))
            OR
            (table_name = 'job_lock' AND column_name IN (
                'name', 'holder', 'taken_at'
            ))
        )
    );

-- Tokens, and what the API records.

CREATE DATABASE IF NOT EXISTS iargus_api CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.tokens (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `first_name` VARCHAR(100) NOT NULL,
    `surname` VARCHAR(100) NOT NULL,
    `email` VARCHAR(254) NOT NULL,
    `token` VARCHAR(64) NOT NULL,
    `creation_date` DATETIME NOT NULL,
    `jti` VARCHAR(36) NOT NULL,
    `kid` VARCHAR(64) NOT NULL,
    `expires_at` DATETIME NOT NULL,
    `revoked_at` DATETIME,
    `revoked_seq` BIGINT,
    `scope` VARCHAR(32),
    `tasks` TEXT,
    `announced_at` DATETIME,
    PRIMARY KEY (`id`),
    UNIQUE KEY uq_tokens_jti (`jti`),
    UNIQUE KEY uq_tokens_token (`token`),
    KEY ix_tokens_email (`email`),
    KEY ix_tokens_expires_at (`expires_at`),
    KEY ix_tokens_kid (`kid`, `revoked_at`, `expires_at`),
    KEY ix_tokens_revoked_at (`revoked_at`),
    KEY ix_tokens_revoked_seq (`revoked_seq`, `revoked_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.signing_keys (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `kid` VARCHAR(64) NOT NULL,
    `wrapped` VARCHAR(255),
    `wrapped_with` VARCHAR(64),
    `created_at` DATETIME NOT NULL,
    `retired_at` DATETIME,
    `revoked_at` DATETIME,
    PRIMARY KEY (`id`),
    UNIQUE KEY uq_signing_keys_kid (`kid`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.token_changes (
    `id` INTEGER NOT NULL,
    `revoked_seq` BIGINT NOT NULL DEFAULT '0',
    `keys_seq` BIGINT NOT NULL DEFAULT '0',
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

INSERT IGNORE INTO iargus_api.token_changes (`id`) VALUES (1);

CREATE TABLE IF NOT EXISTS iargus_api.predictions (
    `prediction_id` VARCHAR(36) NOT NULL,
    `task` VARCHAR(64) NOT NULL,
    `model_version` VARCHAR(32) NOT NULL,
    `jti` VARCHAR(36) NOT NULL,
    `subject` VARCHAR(64) NOT NULL,
    `created_at` DATETIME NOT NULL,
    `payload` JSON NOT NULL,
    `answer` JSON NOT NULL,
    PRIMARY KEY (`prediction_id`),
    KEY ix_predictions_task_created_at (`task`, `created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.feedback (
    `prediction_id` VARCHAR(36) NOT NULL,
    `label` VARCHAR(255) NOT NULL,
    `created_at` DATETIME NOT NULL,
    PRIMARY KEY (`prediction_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.confirmations (
    `id` BIGINT NOT NULL AUTO_INCREMENT,
    `person` VARCHAR(64) NOT NULL,
    `first_name` VARCHAR(100) NOT NULL,
    `surname` VARCHAR(100) NOT NULL,
    `email` VARCHAR(254) NOT NULL,
    `ttl_days` INTEGER,
    `tasks` TEXT,
    `requested_at` DATETIME NOT NULL,
    `expires_at` DATETIME NOT NULL,
    `state` VARCHAR(16) NOT NULL,
    `next_attempt_at` DATETIME NOT NULL,
    `attempts` INTEGER NOT NULL DEFAULT '0',
    `mailed_at` DATETIME,
    `used_at` DATETIME,
    PRIMARY KEY (`id`),
    KEY ix_confirmations_state_next_attempt_at (`state`, `next_attempt_at`),
    KEY ix_confirmations_mailed_at (`mailed_at`),
    KEY ix_confirmations_expires_at (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.confirmation_links (
    `selector` VARCHAR(16) NOT NULL,
    `digest` VARCHAR(64) NOT NULL,
    `confirmation_id` BIGINT NOT NULL,
    PRIMARY KEY (`selector`),
    KEY ix_confirmation_links_confirmation_id (`confirmation_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.invitations (
    `id` VARCHAR(8) NOT NULL,
    `digest` VARCHAR(64) NOT NULL,
    `uses` INTEGER NOT NULL,
    `used` INTEGER NOT NULL DEFAULT '0',
    `email` VARCHAR(254),
    `domain` VARCHAR(255),
    `tasks` TEXT,
    `created_at` DATETIME NOT NULL,
    `expires_at` DATETIME NOT NULL,
    `revoked_at` DATETIME,
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.issuing_turns (
    `name` VARCHAR(32) NOT NULL,
    `taken` BIGINT NOT NULL,
    PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS iargus_api.alembic_version (
    version_num VARCHAR(32) NOT NULL,
    PRIMARY KEY (version_num)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Only tables with every column of this version count as revision 0003 of the migrations; an
-- older service's do not, and wait for `iargus db upgrade`.
INSERT INTO iargus_api.alembic_version (version_num)
SELECT '0003' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM iargus_api.alembic_version AS known)
    AND 64 = (
        SELECT COUNT(*) FROM information_schema.columns
        WHERE table_schema = 'iargus_api' AND (
            (table_name = 'tokens' AND column_name IN (
                'id', 'first_name', 'surname', 'email', 'token',
                'creation_date', 'jti', 'kid', 'expires_at', 'revoked_at',
                'revoked_seq', 'scope', 'tasks', 'announced_at'
            ))
            OR
            (table_name = 'signing_keys' AND column_name IN (
                'id', 'kid', 'wrapped', 'wrapped_with', 'created_at',
                'retired_at', 'revoked_at'
            ))
            OR
            (table_name = 'token_changes' AND column_name IN (
                'id', 'revoked_seq', 'keys_seq'
            ))
            OR
            (table_name = 'predictions' AND column_name IN (
                'prediction_id', 'task', 'model_version', 'jti', 'subject',
                'created_at', 'payload', 'answer'
            ))
            OR
            (table_name = 'feedback' AND column_name IN (
                'prediction_id', 'label', 'created_at'
            ))
            OR
            (table_name = 'confirmations' AND column_name IN (
                'id', 'person', 'first_name', 'surname', 'email', 'ttl_days',
                'tasks', 'requested_at', 'expires_at', 'state',
                'next_attempt_at', 'attempts', 'mailed_at', 'used_at'
            ))
            OR
            (table_name = 'confirmation_links' AND column_name IN (
                'selector', 'digest', 'confirmation_id'
            ))
            OR
            (table_name = 'invitations' AND column_name IN (
                'id', 'digest', 'uses', 'used', 'email', 'domain', 'tasks',
                'created_at', 'expires_at', 'revoked_at'
            ))
            OR
            (table_name = 'issuing_turns' AND column_name IN ('name', 'taken'))
        )
    );

-- The last word goes to whoever runs this.
SELECT IF(
    COUNT(*) = 2,
    'the databases iargus and iargus_api are ready',
    'run `iargus db upgrade` now: tables of another version were there already'
) AS result
FROM (
    SELECT version_num FROM iargus.alembic_version WHERE version_num = '0004'
    UNION ALL
    SELECT version_num FROM iargus_api.alembic_version WHERE version_num = '0003'
) AS revisions;
