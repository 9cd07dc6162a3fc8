#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"
#include "metrics/metric.h"
#include "model/graph.h"
#include "runtime/plan.h"

namespace quantrail {

/// Row `row` of each output of `state`, whose plan is `plan`; valid until the state's next run. An output without a
/// batch axis, which nobody may read unless the plan is for one sample, is shown whole.
[[nodiscard]] std::vector<OutputView> sample_outputs(const Plan& plan, const PlanState& state, std::size_t row);

/// Whether those outputs of `graph`'s plan that are read can be told apart by sample, and suit every metric with every
/// truth of `data`. Nothing is computed: metrics are shown outputs of zeros, or none of shape -1 where that depends on
/// data. Errors: InvalidInput, naming the output, or the sample and its truth.
[[nodiscard]] Status outputs_suit(const Graph& graph, const Plan& plan, const Dataset& data,
                                  std::span<const std::shared_ptr<const Metric>> metrics);

}  // namespace quantrail
