#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"
#include "metrics/metric.h"
#include "runtime/plan.h"

namespace quantrail {

/// Row `row` of each output of `state`, whose plan is `plan`; valid until the state's next run. An output without a
/// batch axis, which only plans for one sample may have, is shown whole.
[[nodiscard]] std::vector<OutputView> sample_outputs(const Plan& plan, const PlanState& state, std::size_t row);

/// Whether the plan's outputs can be told apart by sample, and suit every metric with every truth of `data`. Nothing is
/// computed: metrics are shown outputs of zeros, or none of shape -1 where that depends on data. Errors: InvalidInput,
/// naming the output, or the sample and its truth.
[[nodiscard]] Status outputs_suit(const Plan& plan, const Dataset& data,
                                  std::span<const std::shared_ptr<const Metric>> metrics);

}  // namespace quantrail
