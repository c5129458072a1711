-- SPDX-License-Identifier: MIT
-- How well the model does as its confidence says; null of windows from before it was written.
ALTER TABLE absa.judged_window
    ADD COLUMN estimated_accuracy double precision,
    ADD COLUMN estimated_accuracy_error double precision,
    ADD COLUMN estimated_accuracy_before double precision;
COMMENT ON COLUMN absa.judged_window.estimated_accuracy IS 'An estimate, without labels: share of comments whose sentiment is within 0.25 of the truth, by the mean of their calibrated confidence.';
COMMENT ON COLUMN absa.judged_window.estimated_accuracy_error IS 'Standard error of it, at most; not that of the calibration.';
COMMENT ON COLUMN absa.judged_window.estimated_accuracy_before IS 'The same of the baseline.';
