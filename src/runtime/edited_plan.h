#pragma once

#include "model/quantization.h"
#include "runtime/plan_cache.h"

namespace quantrail {

/// A network with the edits of a quantization in place, and what the plans of it share.
struct EditedPlan {
  Graph graph{};
  Quantization quantization{};  ///< without the edits
  mutable PlanCache cache{};
};

/// Made once per cache and quantization.
[[nodiscard]] std::shared_ptr<const EditedPlan> edited_network(const Graph& canonical, const Quantization& quantization,
                                                               PlanCache::State& cache);

}  // namespace quantrail
