#include "conformance/run_plan.h"

#include <algorithm>
#include <optional>

#include "model/canonical.h"
#include "runtime/plan.h"

namespace quantrail::conformance {

Result<std::vector<Tensor>> by_plan(const Graph& graph, std::span<const Tensor> inputs) {
  auto canonical = canonicalised(graph);
  if (!canonical) return failed(canonical);
  std::optional<std::int64_t> batch;
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const Shape& shape = inputs[at].shape;
    canonical->inputs[at].shape = shape;
    if (!shape.empty() && shape[0] != batch.value_or(shape[0]))
      return fail(Cause::Unsupported, "inputs whose first axes differ have no batch");
    if (!shape.empty()) batch = shape[0];
  }
  PlanCache cache;
  const auto plan = Plan::build(*canonical, {}, batch.value_or(1), cache);
  if (!plan) return failed(plan);
  PlanState state(*plan);
  for (std::size_t at = 0; at < inputs.size(); ++at)
    std::copy(inputs[at].bytes.begin(), inputs[at].bytes.end(), state.input(at).begin());
  if (auto done = state.run(); !done) return failed(done);
  std::vector<Tensor> outputs;
  for (std::size_t at = 0; at < (*plan)->outputs().size(); ++at) {
    const auto& info = (*plan)->outputs()[at];
    Tensor output = Tensor::zeros(info.type, info.shape);
    std::copy(state.output(at).begin(), state.output(at).end(), output.bytes.begin());
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace quantrail::conformance
