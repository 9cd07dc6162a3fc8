#pragma once

#include "search/search.h"

namespace quantrail {

/// Takes a reverted model as POT's AccuracyAwareQuantization does (POT 2023.0, revert loop). Precondition: it reverts
/// the first group of the queue.
///
/// With d its drop of the optimised metric and `reference` what it is compared with, at first the drop of the quantized
/// model, which may be exceeded once:
///   1. nothing left to revert: the search is exhausted, even if the target is met;
///   2. all metrics hold: the search succeeds;
///   3. limit < d <= reference, or d > reference for the first time: accepted, and the next group of the same ranking
///      follows;
///   4. otherwise a larger d is rolled back (use_prev_if_drop_increase; then the next may exceed again), and either way
///      d becomes the reference, though it may be that of a model rolled back;
///   5. where d holds but another metric does not, the one furthest out by (drop - limit) / baseline is optimised, with
///      the quantized model's drop for a reference;
///   6. groups are ranked again.
void judge_as_pot(SearchState& state, Trial trial, const SampleValues& values);

}  // namespace quantrail
