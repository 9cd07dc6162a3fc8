#include "search/pot_steps.h"

#include <utility>

#include "search/drop.h"
#include "search/requirements.h"
#include "search/state.h"

namespace quantrail {
namespace {

/// The model before any group was reverted.
const Trial& quantized(const SearchState& state) {
  std::size_t at = 0;
  while (at + 1 < state.trials.size() && state.trials[at + 1].reverted.empty()) ++at;
  while (at > 0 && !state.trials[at].accepted) --at;
  return state.trials[at];
}

void go_on_from(SearchState& state, const SampleValues& values) {
  state.base = state.trials.size();
  state.base_values = values;
}

}  // namespace

void judge_as_pot(SearchState& state, Trial trial, const SampleValues& values) {
  const auto& metric = state.optimised;
  state.queue.erase(state.queue.begin());
  const bool exhausted = trial.reverted.size() == state.groups->size();
  if (exhausted || all_within(*state.baseline, trial.drops)) {
    go_on_from(state, values);
    state.trials.push_back(std::move(trial));
    return;
  }
  const double d = trial.drops.at(metric);
  const bool holds = within(d, state.baseline->limits.at(metric), state.baseline->metrics.at(metric));
  const bool grew = d > state.reference;
  const bool goes_on = (!holds && !grew) || (grew && state.tolerant);
  trial.accepted = goes_on || !grew || !state.settings.use_prev_if_drop_increase;
  if (trial.accepted) go_on_from(state, values);
  if (goes_on) {
    state.tolerant = false;
  } else {
    if (!trial.accepted) state.tolerant = true;
    state.queue.clear();
    state.rank_next = true;
  }
  state.reference = d;
  if (!goes_on && holds) {
    state.optimised = furthest_out_as_pot(controlled_names(state), *state.baseline, trial.drops);
    state.reference = quantized(state).drops.at(state.optimised);
    state.tolerant = false;
  }
  state.trials.push_back(std::move(trial));
}

}  // namespace quantrail
