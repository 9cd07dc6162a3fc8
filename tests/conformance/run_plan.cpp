#include "conformance/run_plan.h"

#include <algorithm>

#include "model/canonical.h"
#include "runtime/plan.h"

namespace quantrail::conformance {

Result<std::vector<Tensor>> by_plan(const Graph& graph, std::span<const Tensor> inputs) {
  auto canonical = canonicalised(graph);
  if (!canonical) return failed(canonical);
  InputShapes shapes;
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    canonical->inputs[at].shape = inputs[at].shape;  // some files of ONNX declare others
    shapes[canonical->inputs[at].name] = inputs[at].shape;
  }
  PlanCache cache;
  const auto plan = Plan::build(*canonical, {}, shapes, cache);
  if (!plan) return failed(plan);
  PlanState state(*plan);
  for (std::size_t at = 0; at < inputs.size(); ++at)
    std::copy(inputs[at].bytes.begin(), inputs[at].bytes.end(), state.input(at).begin());
  if (auto done = state.run(); !done) return failed(done);
  std::vector<Tensor> outputs;
  for (std::size_t at = 0; at < (*plan)->outputs().size(); ++at) {
    const auto& info = (*plan)->outputs()[at];
    Tensor output = Tensor::zeros(info.type, state.output_shape(at));
    std::copy(state.output(at).begin(), state.output(at).end(), output.bytes.begin());
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace quantrail::conformance
