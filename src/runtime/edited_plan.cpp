#include "runtime/edited_plan.h"

#include "model/weight_edits.h"

namespace quantrail {

std::shared_ptr<const EditedPlan> edited_network(const Graph& canonical, const Quantization& quantization,
                                                 PlanCache::State& cache) {
  using Made = Result<std::shared_ptr<const EditedPlan>>;
  Hasher hasher;
  hasher.add("edited network").add(cache.number_of(&quantization));
  for (const auto& input : canonical.inputs) hasher.add(input.name).add_bytes(std::as_bytes(std::span(input.shape)));
  return *cache.get<EditedPlan>(hasher.finish(), [&]() -> Made {
    auto plan = std::make_shared<EditedPlan>();
    plan->graph = edited(canonical, quantization);
    plan->quantization = quantization;
    plan->quantization.weight_edits.clear();
    plan->quantization.input_scalings.clear();
    for (const auto& name : quantization.ignored) plan->quantization.bias_edits.erase(name);
    return plan;
  });
}

}  // namespace quantrail
