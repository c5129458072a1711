-- SPDX-License-Identifier: MIT
-- Why a window is stale; null of other windows, and of those from before it was written.
ALTER TABLE absa.judged_window ADD COLUMN stale_by text;
COMMENT ON COLUMN absa.judged_window.stale_by IS 'Of state baseline_stale: bundle, comments of another bundle are among it; age, the baseline is older than drift.baseline.max_age.ms.';

-- What a run says of its baseline lies where that was made, so it is asked for by its state alone.
COMMENT ON COLUMN absa.judged_window.rule IS 'window; training: once a run, the stretch of the baseline, which differs from what the model was trained on (state training_skew, its features in absa.distance).';
CREATE INDEX ON absa.judged_window (run) WHERE state = 'training_skew';
