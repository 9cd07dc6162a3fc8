#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "evaluate/evaluation.h"
#include "metrics/metric.h"

namespace quantrail {

/// What one sample was worth.
struct SampleValues {
  std::vector<SampleScore> metrics{};  ///< in the ledger's order of metrics
  double distance = 0.0;
  bool not_a_number = false;  ///< it, or an output for it, holds NaN
};

/// SampleScore::value of each, in their order.
[[nodiscard]] std::vector<double> values_of(std::span<const SampleScore> scores);

/// The values of an evaluation under way, by position in the request's samples. Work is counted in micro-batches and
/// handed out as blocks, whose borders depend on the request alone: a block saved by one attempt serves any later one,
/// whatever its number of threads. Not thread-safe.
class Ledger {
 public:
  /// `block` samples make a block; it is rounded up to whole micro-batches. Preconditions: all numbers > 0.
  Ledger(std::size_t samples, std::vector<std::string> metrics, bool distance, std::size_t batch, std::size_t block);

  /// Takes over what an earlier attempt finished. Blocks that do not belong to this request (other metrics, out of
  /// range, uneven) are left aside; micro-batches that are covered in part count as not done.
  void restore(std::span<const EvaluationBlock> blocks);

  [[nodiscard]] std::vector<std::size_t> missing() const;  ///< micro-batches to compute, ascending
  [[nodiscard]] std::size_t first_of(std::size_t batch) const { return batch * batch_; }
  [[nodiscard]] std::size_t size_of(std::size_t batch) const;
  [[nodiscard]] std::size_t samples_done() const { return samples_done_; }

  /// Enters the values of a missing micro-batch; answers the block that it completed, if any.
  std::optional<EvaluationBlock> enter(std::size_t batch, std::span<const SampleValues> values);
  /// What was entered and not handed out yet, as blocks of neighbours, for saving before leaving early.
  std::vector<EvaluationBlock> leftovers();

  [[nodiscard]] const std::vector<SampleScore>& metric(std::size_t at) const { return scores_[at]; }
  [[nodiscard]] const std::vector<double>& distances() const { return distances_; }
  [[nodiscard]] const std::set<std::size_t>& not_numbers() const { return not_numbers_; }

 private:
  enum class Progress : std::uint8_t { Missing, Entered, Kept };  // Kept: handed out, or restored
  [[nodiscard]] bool belongs(const EvaluationBlock& block) const;
  [[nodiscard]] EvaluationBlock cut(std::size_t first_batch, std::size_t last_batch) const;
  [[nodiscard]] std::size_t batches() const { return progress_.size(); }

  std::size_t samples_;
  std::vector<std::string> names_;
  bool distance_;
  std::size_t batch_;
  std::size_t block_;                               ///< in micro-batches
  std::vector<std::vector<SampleScore>> scores_{};  ///< [metric][position]
  std::vector<double> distances_{};
  std::set<std::size_t> not_numbers_{};  ///< positions
  std::vector<Progress> progress_{};     ///< by micro-batch
  std::size_t samples_done_ = 0;
};

}  // namespace quantrail
