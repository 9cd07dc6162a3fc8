#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "evaluate/evaluation.h"
#include "search/baseline.h"
#include "search/layer_score.h"
#include "search/outcome.h"

namespace quantrail {

/// One point of a run: a model variant and what it scored. Iteration 0 is the fully quantized model.
struct IterationRecord {
  std::int64_t index = 0;
  IterationKind kind = IterationKind::Quantized;
  std::vector<std::string> changed_layers{};   ///< reverted (or put back) by this very step; empty for iteration 0
  std::vector<std::string> reverted_layers{};  ///< all that are float in this model
  std::vector<std::string> reverted_groups{};  ///< group names: with the quantization, what rebuilds the model
  std::map<std::string, double> metrics{};
  std::map<std::string, double> drops{};  ///< positive = worse than float
  double drop = 0.0;                      ///< of the first controlled metric
  bool accepted = false;                  ///< kept as the base of the next step (iteration 0: true)
  double int8_macs_share = 0.0;
  std::uint64_t size_bytes = 0;  ///< of the exported file, default profile
  Digest snapshot_hash{};        ///< SHA-256 of that file
  Digest quantization{};         ///< Quantization::digest()
  std::vector<std::string> float_in_onnxruntime{};
  double seconds = 0.0;  ///< of the full evaluation, when it was computed
  bool operator==(const IterationRecord&) const = default;
};

struct RankingRecord {
  std::int64_t index = 0;            ///< 0, 1, ... within the run
  std::int64_t after_iteration = 0;  ///< made when this iteration was the latest
  std::string metric{};
  std::size_t subset_size = 0;
  std::vector<LayerScore> scores{};  ///< best first
  bool operator==(const RankingRecord&) const = default;
};

struct RunResult {
  Outcome outcome = Outcome::NotMet;
  std::int64_t best = 0;  ///< iteration
  std::string explanation{};
  std::size_t evaluations = 0;  ///< asked for by the search
  std::size_t reused = 0;       ///< of those, answered from the store without computing
  /// How many times as fast as the float model the best one computes here, on all threads; nothing where nothing was
  /// measured, or the processor has no 8-bit instructions. Differs a little from one measurement to the next.
  std::optional<double> speed_up{};
  bool operator==(const RunResult&) const = default;
};

}  // namespace quantrail
