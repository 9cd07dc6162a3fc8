#include "runtime/imported_plan.h"

namespace quantrail {

Result<std::shared_ptr<const ImportedPlan>> imported_network(const Graph& canonical, PlanCache::State& cache) {
  using Made = Result<std::shared_ptr<const ImportedPlan>>;
  Hasher hasher;
  hasher.add("imported network");
  for (const auto& input : canonical.inputs) hasher.add(input.name).add_bytes(std::as_bytes(std::span(input.shape)));
  return cache.get<ImportedPlan>(hasher.finish(), [&]() -> Made {
    auto network = imported(canonical);
    if (!network) return failed(network);
    auto plan = std::make_shared<ImportedPlan>();
    static_cast<ImportedNetwork&>(*plan) = std::move(*network);
    return plan;
  });
}

PlanOptions as_imported(const ImportedPlan& network, PlanOptions options) {
  options.quantization = &network.quantization;
  options.lowering = &network.lowering;
  return options;
}

}  // namespace quantrail
