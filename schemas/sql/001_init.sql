-- SPDX-License-Identifier: MIT
-- What absa sink writes. Applied by absa sink --migrate as the owner, whole or not at all.
--
-- Times are arrival times, as in the records, but for dead_count and flow: those are of the log.
-- A table with a time in front is cut into partitions by day or month, in UTC.

-- Nobody logs in as one of these: GRANT absa_writer TO the_login_of_the_sink.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['absa_writer', 'absa_reader', 'absa_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO absa_writer', current_database());
END $$;

-- How far each log was read; moves in the transaction that writes what was read.
CREATE TABLE absa.kafka_position (
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, part)
);

CREATE TABLE absa.judged_window (
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    segment text NOT NULL,
    rule text NOT NULL,
    run integer NOT NULL,
    state text NOT NULL,
    n bigint NOT NULL,
    n_eff double precision NOT NULL,
    videos bigint NOT NULL,
    videos_eff double precision NOT NULL,
    late bigint NOT NULL,
    updates bigint NOT NULL,
    baseline text NOT NULL,
    bundle text NOT NULL,
    policy text NOT NULL,
    late_by_floor bigint NOT NULL,
    overtaken bigint NOT NULL,
    cross_source_updates bigint NOT NULL,
    dedupe_evicted bigint NOT NULL,
    PRIMARY KEY (start_at, end_at, segment, rule, run)
) PARTITION BY RANGE (start_at);

-- One feature of a window against the baseline. NULL: the distance is not defined.
CREATE TABLE absa.distance (
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    segment text NOT NULL,
    rule text NOT NULL,
    run integer NOT NULL,
    feature text NOT NULL,
    n bigint NOT NULL,
    missing bigint NOT NULL,
    infinite bigint NOT NULL,
    n_eff double precision NOT NULL,
    psi double precision,
    ks double precision,
    ks_p double precision,
    wasserstein double precision,
    js double precision,
    p double precision,
    q double precision,
    test text NOT NULL,
    effect double precision,
    severity text NOT NULL,
    bins bigint[] NOT NULL,
    PRIMARY KEY (start_at, end_at, segment, rule, run, feature)
) PARTITION BY RANGE (start_at);
CREATE INDEX ON absa.distance (feature, segment, start_at);

CREATE TABLE absa.score (
    arrived_at timestamptz NOT NULL,
    src integer NOT NULL,
    src_offset bigint NOT NULL,
    src_index integer NOT NULL,
    comment_id text NOT NULL,
    video_id text NOT NULL,
    lang text NOT NULL,
    created_at timestamptz NOT NULL,
    likes bigint,
    replies bigint,
    is_reply boolean NOT NULL,
    sighting text NOT NULL,
    late_by text NOT NULL,
    sentiment double precision NOT NULL,
    engagement double precision NOT NULL,
    implicitness double precision NOT NULL,
    confidence double precision NOT NULL,
    model text NOT NULL,
    model_version text NOT NULL,
    bundle text NOT NULL,
    PRIMARY KEY (arrived_at, src, src_offset, src_index)
) PARTITION BY RANGE (arrived_at);
CREATE INDEX ON absa.score (comment_id);

-- A judgement, with the prediction that it judges.
CREATE TABLE absa.label (
    labelled_at timestamptz NOT NULL,
    comment_id text NOT NULL,
    annotator text NOT NULL,
    stage text NOT NULL,
    sentiment double precision,
    engagement double precision,
    implicitness double precision,
    predicted_sentiment double precision,
    predicted_engagement double precision,
    predicted_implicitness double precision,
    arrived_at timestamptz NOT NULL,
    bundle text NOT NULL,
    PRIMARY KEY (labelled_at, comment_id, annotator, stage)
) PARTITION BY RANGE (labelled_at);

CREATE TABLE absa.alert (
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    alert_id text NOT NULL,
    seq integer NOT NULL,
    state text NOT NULL,
    severity text NOT NULL,
    kind text NOT NULL,
    rule text NOT NULL,
    rule_version integer NOT NULL,
    segment text NOT NULL,
    feature text NOT NULL,
    episode_at timestamptz NOT NULL,
    policy text NOT NULL,
    psi double precision,
    threshold double precision NOT NULL,
    ks double precision,
    wasserstein double precision,
    js double precision,
    p double precision,
    q double precision,
    n bigint NOT NULL,
    n_eff double precision NOT NULL,
    m bigint NOT NULL,
    message text NOT NULL,
    todo text NOT NULL,
    baseline text NOT NULL,
    bundle text NOT NULL,
    config text NOT NULL,
    checksum text NOT NULL,
    evidence text NOT NULL, -- the whole record as absa verify-alert reads it
    written_at timestamptz NOT NULL, -- when it came into the log
    PRIMARY KEY (start_at, alert_id, seq)
) PARTITION BY RANGE (start_at);
CREATE INDEX ON absa.alert (alert_id);

CREATE TABLE absa.acknowledgement (
    acknowledged_at timestamptz NOT NULL DEFAULT now(),
    alert_id text NOT NULL,
    who text NOT NULL,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (alert_id, acknowledged_at)
);

-- Dead letters by minute of the log.
CREATE TABLE absa.dead_count (
    at timestamptz NOT NULL,
    stage text NOT NULL,
    reason text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (at, stage, reason)
) PARTITION BY RANGE (at);

-- What flowed, by minute of the log. waited: from the arrival of the raw record to this log.
CREATE TABLE absa.flow (
    at timestamptz NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    records bigint NOT NULL,
    bytes bigint NOT NULL,
    waited bigint NOT NULL,
    waited_ms bigint NOT NULL,
    PRIMARY KEY (at, topic, part)
) PARTITION BY RANGE (at);

-- Records that could not be written: the log has their bytes.
CREATE TABLE absa.refused (
    topic text NOT NULL,
    part integer NOT NULL,
    log_offset bigint NOT NULL,
    reason text NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, part, log_offset)
);

-- The newest judgement of each annotator, beside what was predicted.
CREATE VIEW absa.labelled_score AS
SELECT DISTINCT ON (l.comment_id, l.annotator)
       l.labelled_at, l.arrived_at, l.comment_id, l.annotator, l.stage, l.bundle,
       s.video_id, s.lang,
       l.sentiment, coalesce(l.predicted_sentiment, s.sentiment) AS predicted_sentiment,
       l.engagement, coalesce(l.predicted_engagement, s.engagement) AS predicted_engagement,
       l.implicitness, coalesce(l.predicted_implicitness, s.implicitness) AS predicted_implicitness
FROM absa.label l
LEFT JOIN absa.score s ON s.comment_id = l.comment_id AND s.arrived_at = l.arrived_at
ORDER BY l.comment_id, l.annotator, l.labelled_at DESC;

-- How each table is cut, and its column of time.
CREATE TABLE absa.cut (
    name text PRIMARY KEY,
    by text NOT NULL CHECK (by IN ('day', 'month')),
    at text NOT NULL
);
INSERT INTO absa.cut VALUES
    ('judged_window', 'month', 'start_at'), ('distance', 'month', 'start_at'),
    ('score', 'day', 'arrived_at'), ('label', 'month', 'labelled_at'),
    ('alert', 'month', 'start_at'), ('dead_count', 'month', 'at'), ('flow', 'month', 'at');

-- Makes the partitions that hold these times and, ahead, the next one of each.
CREATE FUNCTION absa.make_partitions(of text, times timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    step text;
    first timestamptz;
    part text;
BEGIN
    SELECT by INTO STRICT step FROM absa.cut WHERE name = of;
    FOR first IN
        SELECT DISTINCT date_trunc(step, t) + k * ('1 ' || step)::interval
        FROM unnest(times) t, generate_series(0, 1) k ORDER BY 1
    LOOP
        part := of || to_char(first, CASE step WHEN 'day' THEN '_YYYYMMDD' ELSE '_YYYYMM' END);
        IF to_regclass(format('absa.%I', part)) IS NULL THEN
            EXECUTE format('CREATE TABLE absa.%I PARTITION OF absa.%I FOR VALUES FROM (%L) TO (%L)',
                           part, of, first, first + ('1 ' || step)::interval);
        END IF;
    END LOOP;
END $$;

-- Drops the partitions that ended longer than keep before the newest row. By the newest row and
-- not by the clock, so that a replay of the past is not dropped as it comes.
CREATE FUNCTION absa.drop_partitions(of text, keep interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    c absa.cut;
    newest timestamptz;
    part record;
    dropped integer := 0;
BEGIN
    SELECT * INTO STRICT c FROM absa.cut WHERE name = of;
    EXECUTE format('SELECT max(%I) FROM absa.%I', c.at, of) INTO newest;
    FOR part IN
        SELECT k.oid::regclass AS name,
               (regexp_match(pg_get_expr(k.relpartbound, k.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz
                   AS ends
        FROM pg_inherits i JOIN pg_class k ON k.oid = i.inhrelid
        WHERE i.inhparent = format('absa.%I', of)::regclass
    LOOP
        IF part.ends <= newest - keep THEN
            EXECUTE format('DROP TABLE %s', part.name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;

CREATE FUNCTION absa.acknowledge(alert_id text, note text DEFAULT '') RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO absa.acknowledgement (alert_id, who, note) VALUES ($1, session_user, $2)
$$;

REVOKE ALL ON FUNCTION absa.make_partitions, absa.drop_partitions, absa.acknowledge FROM PUBLIC;
GRANT USAGE ON SCHEMA absa TO absa_writer, absa_reader, absa_operator;
GRANT SELECT, INSERT ON absa.judged_window, absa.distance, absa.score, absa.label, absa.alert,
    absa.refused TO absa_writer;
GRANT SELECT, INSERT, UPDATE ON absa.kafka_position, absa.dead_count, absa.flow TO absa_writer;
GRANT SELECT ON absa.migration TO absa_writer;
GRANT EXECUTE ON FUNCTION absa.make_partitions, absa.drop_partitions TO absa_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA absa TO absa_reader, absa_operator;
GRANT EXECUTE ON FUNCTION absa.acknowledge TO absa_operator;
