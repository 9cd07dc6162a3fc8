#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"
#include "config/config.h"
#include "data/dataset.h"
#include "metrics/metric.h"
#include "model/graph.h"

namespace quantrail {

/// Everything that a run works on, opened and checked.
struct RunInputs {
  Digest model{};  ///< Model::hash
  Graph graph{};   ///< canonical
  CompressionConfig compression{};
  std::set<std::string, std::less<>> ignored{};          ///< nodes that compression.ignored means, see resolved()
  std::shared_ptr<const Dataset> calibration{};          ///< not null
  std::shared_ptr<const Dataset> validation{};           ///< null: nothing is measured
  std::vector<std::shared_ptr<const Metric>> metrics{};  ///< of engine.metrics, in its order; names are unique
  std::int64_t scores_output = 0;                        ///< with annotation_free: the output that predicts classes
  std::size_t threads = 1;
  bool rank_only = false;  ///< end with the first ranking, whatever the quantized model's drop
  std::size_t memory_bytes = std::size_t{1} << 30U;  ///< engine.memory_budget_mb; never changes a result
};

}  // namespace quantrail
