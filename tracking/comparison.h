#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tracking/runs.h"

namespace quantrail::tracking {

/// One thing of each run, in the runs' order; nothing: the run has no such thing.
struct ComparedValue {
  std::string key{};
  std::vector<std::optional<std::string>> values{};
  bool differs = false;
  /// It takes part in how metrics were measured: where it differs, the metrics may not be compared.
  bool measuring = false;
};

/// An iteration as a point to choose from.
struct ComparedPoint {
  std::size_t run = 0;  ///< position among the compared
  std::int64_t iteration = 0;
  double metric = 0.0;  ///< the run's optimised one
  double drop = 0.0;
  double int8_macs_share = 0.0;
  std::uint64_t size_bytes = 0;
  std::int64_t float_layers = 0;
  bool accepted = false;
  bool others_hold = true;  ///< the run's further metrics drop no more than they may
  /// It holds in further metrics, and no other such point of runs of the same model and metric is at least as good in
  /// drop, size and share of int8 and better in one; of equal ones, the first.
  bool front = false;
};

/// A layer that is float in the best model of at least one run.
struct ComparedLayer {
  std::string layer{};
  std::vector<std::optional<bool>> is_float{};  ///< nothing: the run's model has no such layer, as far as is known
  bool differs = false;
};

struct Comparison {
  std::vector<ComparedValue> settings{};  ///< configuration, model, data, environment; sorted by key
  std::vector<ComparedPoint> points{};    ///< measured iterations, run by run: the metric curves
  std::vector<ComparedLayer> layers{};    ///< those of the most runs first
  std::vector<std::string> warnings{};    ///< why metrics of some of the runs may not be compared
};

/// Precondition: at least one run.
[[nodiscard]] Comparison compared(const std::vector<RunDetails>& runs);

}  // namespace quantrail::tracking
