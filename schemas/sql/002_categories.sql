-- SPDX-License-Identifier: MIT
-- What only categories have: null of numbers, and of windows from before there were any.
ALTER TABLE absa.distance
    ADD COLUMN linf double precision,
    ADD COLUMN chi2_p double precision,
    ADD COLUMN unseen bigint;
COMMENT ON COLUMN absa.distance.linf IS 'Largest difference of the share of a category.';
COMMENT ON COLUMN absa.distance.chi2_p IS 'p of chi-square, each comment as an independent one.';
COMMENT ON COLUMN absa.distance.unseen IS 'Comments of categories that the baseline does not have.';
