#include "evaluate/ledger.h"

#include <algorithm>

namespace quantrail {
namespace {

constexpr std::size_t ceil_div(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

std::vector<double> values_of(std::span<const SampleScore> scores) {
  std::vector<double> values;
  for (const auto& score : scores) values.push_back(score.value);
  return values;
}

Ledger::Ledger(std::size_t samples, std::vector<std::string> metrics, bool distance, std::size_t batch,
               std::size_t block)
    : samples_(samples),
      names_(std::move(metrics)),
      distance_(distance),
      batch_(batch),
      block_(ceil_div(block, batch)),
      scores_(names_.size(), std::vector<SampleScore>(samples)),
      distances_(distance ? samples : 0),
      progress_(ceil_div(samples, batch), Progress::Missing) {}

std::size_t Ledger::size_of(std::size_t batch) const { return std::min(batch_, samples_ - first_of(batch)); }

bool Ledger::belongs(const EvaluationBlock& block) const {
  if (block.per_sample.size() != names_.size() || names_.empty()) return false;
  const std::size_t count = block.per_sample.begin()->second.size();
  if (block.first > samples_ || count > samples_ - block.first) return false;
  if (block.distances.size() != (distance_ ? count : 0)) return false;
  for (const auto& [name, states] : block.states) {
    if (states.size() != count) return false;
  }
  for (const std::size_t position : block.not_numbers) {
    if (position < block.first || position - block.first >= count) return false;
  }
  return std::all_of(names_.begin(), names_.end(), [&](const auto& name) {
    const auto found = block.per_sample.find(name);
    return found != block.per_sample.end() && found->second.size() == count;
  });
}

void Ledger::restore(std::span<const EvaluationBlock> blocks) {
  std::vector<bool> known(samples_, false);
  for (const auto& block : blocks) {
    if (!belongs(block)) continue;
    const auto first = static_cast<std::ptrdiff_t>(block.first);
    for (std::size_t at = 0; at < names_.size(); ++at) {
      const auto& values = block.per_sample.at(names_[at]);
      const auto states = block.states.find(names_[at]);
      for (std::size_t row = 0; row < values.size(); ++row) {
        SampleScore& score = scores_[at][block.first + row];
        score.value = values[row];
        if (states != block.states.end()) score.state = states->second[row];
      }
    }
    std::copy(block.distances.begin(), block.distances.end(), distances_.begin() + (distance_ ? first : 0));
    not_numbers_.insert(block.not_numbers.begin(), block.not_numbers.end());
    std::fill_n(known.begin() + first, block.per_sample.begin()->second.size(), true);
  }
  for (std::size_t batch = 0; batch < batches(); ++batch) {
    const auto begin = known.begin() + static_cast<std::ptrdiff_t>(first_of(batch));
    const auto end = begin + static_cast<std::ptrdiff_t>(size_of(batch));
    if (progress_[batch] != Progress::Missing || std::find(begin, end, false) != end) continue;
    progress_[batch] = Progress::Kept;
    samples_done_ += size_of(batch);
  }
}

std::vector<std::size_t> Ledger::missing() const {
  std::vector<std::size_t> out;
  for (std::size_t batch = 0; batch < batches(); ++batch) {
    if (progress_[batch] == Progress::Missing) out.push_back(batch);
  }
  return out;
}

std::optional<EvaluationBlock> Ledger::enter(std::size_t batch, std::span<const SampleValues> values) {
  for (std::size_t row = 0; row < values.size(); ++row) {
    const std::size_t position = first_of(batch) + row;
    for (std::size_t at = 0; at < names_.size(); ++at) scores_[at][position] = values[row].metrics[at];
    if (distance_) distances_[position] = values[row].distance;
    if (values[row].not_a_number) not_numbers_.insert(position);
  }
  progress_[batch] = Progress::Entered;
  samples_done_ += size_of(batch);

  const std::size_t first = batch / block_ * block_;
  const std::size_t last = std::min(first + block_, batches());
  for (std::size_t at = first; at < last; ++at) {
    if (progress_[at] == Progress::Missing) return std::nullopt;
  }
  std::fill(progress_.begin() + static_cast<std::ptrdiff_t>(first),
            progress_.begin() + static_cast<std::ptrdiff_t>(last), Progress::Kept);
  return cut(first, last);
}

std::vector<EvaluationBlock> Ledger::leftovers() {
  std::vector<EvaluationBlock> out;
  for (std::size_t at = 0; at < batches(); ++at) {
    if (progress_[at] != Progress::Entered) continue;
    std::size_t last = at;
    for (; last < batches() && progress_[last] == Progress::Entered; ++last) progress_[last] = Progress::Kept;
    out.push_back(cut(at, last));
  }
  return out;
}

EvaluationBlock Ledger::cut(std::size_t first_batch, std::size_t last_batch) const {
  const std::size_t first = first_of(first_batch);
  const std::size_t last = std::min(first_of(last_batch), samples_);
  const auto slice = [&](const auto& all) { return std::span(all).subspan(first, last - first); };
  EvaluationBlock block{.first = first};
  for (std::size_t at = 0; at < names_.size(); ++at) {
    const auto scores = slice(scores_[at]);
    block.per_sample.emplace(names_[at], values_of(scores));
    const bool plain = std::all_of(scores.begin(), scores.end(), [](const auto& score) { return score.state.empty(); });
    if (plain) continue;
    auto& states = block.states[names_[at]];
    for (const auto& score : scores) states.push_back(score.state);
  }
  block.not_numbers.assign(not_numbers_.lower_bound(first), not_numbers_.lower_bound(last));
  if (distance_) block.distances.assign(slice(distances_).begin(), slice(distances_).end());
  return block;
}

}  // namespace quantrail
