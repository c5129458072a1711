-- SPDX-License-Identifier: MIT
-- How good predictions were, by what people said of them later.
ALTER TABLE absa.label
    ADD COLUMN confidence double precision,
    ADD COLUMN half_width double precision;
COMMENT ON COLUMN absa.label.confidence IS 'That of the prediction: share of such comments whose sentiment is within half_width of the truth.';
COMMENT ON COLUMN absa.label.half_width IS 'Of the interval around predicted_sentiment that confidence speaks of.';

-- A row for each sentiment that was judged: the newest word of each annotator on each model. Of
-- predictions without a confidence, covered and confidence_gap are null.
CREATE VIEW absa.label_error AS
SELECT labelled_at, arrived_at, comment_id, annotator, bundle, sentiment, predicted_sentiment,
       confidence, predicted_sentiment - sentiment AS error,
       abs(predicted_sentiment - sentiment) AS absolute_error,
       abs(predicted_sentiment - sentiment) <= half_width AS covered,
       confidence - (abs(predicted_sentiment - sentiment) <= half_width)::integer AS confidence_gap
FROM (SELECT DISTINCT ON (comment_id, annotator, bundle) *
      FROM absa.label WHERE sentiment IS NOT NULL AND predicted_sentiment IS NOT NULL
      ORDER BY comment_id, annotator, bundle, labelled_at DESC, stage) newest;
COMMENT ON COLUMN absa.label_error.error IS 'Prediction less label: above 0, the model says too much.';

-- The same by windows of a width (days at most: months differ; weeks begin on a Monday, UTC) and by
-- model. A label counts when it was given, not when its comment came. calibration_error is the expected one in ten bins of confidence of equal width
-- (Naeini, Cooper, Hauskrecht 2015); sign_accuracy is of labels that are not 0.
CREATE FUNCTION absa.label_quality(width interval DEFAULT '1 day')
RETURNS TABLE (start_at timestamptz, end_at timestamptz, bundle text, n bigint, bias double precision,
               mae double precision, rmse double precision, sign_accuracy double precision,
               n_confident bigint, confidence double precision, coverage double precision,
               calibration_error double precision)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
WITH part AS (
    SELECT date_bin(width, e.labelled_at, '2001-01-01 00:00Z') AS at, e.bundle AS model,
           least(floor(e.confidence * 10), 9) AS bin, count(*) AS n, count(e.covered) AS n_confident,
           sum(e.error) AS error, sum(e.absolute_error) AS size, sum(e.error * e.error) AS square,
           count(*) FILTER (WHERE e.sentiment <> 0) AS sided,
           count(*) FILTER (WHERE e.sentiment * e.predicted_sentiment > 0) AS same_side,
           sum(e.confidence) FILTER (WHERE e.covered IS NOT NULL) AS said,
           count(*) FILTER (WHERE e.covered) AS found, sum(e.confidence_gap) AS gap
    FROM absa.label_error e GROUP BY 1, 2, 3)
SELECT at, at + width, model, sum(n)::bigint, sum(error) / sum(n), sum(size) / sum(n),
       sqrt(sum(square) / sum(n)::double precision),
       sum(same_side)::double precision / nullif(sum(sided), 0)::double precision,
       sum(n_confident)::bigint, sum(said) / nullif(sum(n_confident), 0)::double precision,
       sum(found)::double precision / nullif(sum(n_confident), 0)::double precision,
       sum(abs(gap)) / nullif(sum(n_confident), 0)::double precision
FROM part GROUP BY 1, 2, 3 ORDER BY 1, 3
$$;

REVOKE ALL ON FUNCTION absa.label_quality FROM PUBLIC;
GRANT EXECUTE ON FUNCTION absa.label_quality TO absa_reader, absa_operator;
GRANT SELECT ON absa.label_error TO absa_reader, absa_operator;
