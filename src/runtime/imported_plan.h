#pragma once

#include "model/code_rule.h"
#include "model/quantized_import.h"
#include "runtime/plan_cache.h"

namespace quantrail {

/// A network that came quantized, taken apart, and what the plans of its float graph share.
struct ImportedPlan : ImportedNetwork {
  mutable PlanCache cache{};
};

/// Made once per cache. Errors: those of imported().
[[nodiscard]] Result<std::shared_ptr<const ImportedPlan>> imported_network(const Graph& canonical,
                                                                           PlanCache::State& cache);

/// `options` for the graph of `network`, which outlives what is built from them.
[[nodiscard]] PlanOptions as_imported(const ImportedPlan& network, PlanOptions options);

}  // namespace quantrail
