#include "families/ours.h"

#include <algorithm>
#include <cstring>

#include "data/subset.h"
#include "families/calibration.h"
#include "model/canonical.h"
#include "model/infer.h"
#include "quantize/collect.h"
#include "quantize/quantize.h"
#include "runtime/plan.h"

namespace quantrail::testing {
namespace {

Result<Outputs> run_once(const Graph& graph, const PlanOptions& options, const Inputs& inputs, PlanCache& cache) {
  const auto plan = Plan::build(graph, options, inputs.begin()->second.shape[0], cache);
  if (!plan) return failed(plan);
  PlanState state(*plan);
  for (std::size_t at = 0; at < (*plan)->inputs().size(); ++at) {
    const Tensor& value = inputs.at((*plan)->inputs()[at].name);
    std::copy(value.bytes.begin(), value.bytes.end(), state.input(at).begin());
  }
  if (const auto ran = state.run(); !ran) return failed(ran);
  Outputs outputs;
  for (std::size_t at = 0; at < (*plan)->outputs().size(); ++at) {
    const auto& info = (*plan)->outputs()[at];
    Tensor value = Tensor::zeros(info.type, info.shape);
    std::copy(state.output(at).begin(), state.output(at).end(), value.bytes.begin());
    outputs.push_back({info.name, std::move(value)});
  }
  return outputs;
}

}  // namespace

Result<OurNetwork> our_network(const Family& family) {
  auto description = described(family);
  if (!description) return failed(description);
  auto model = load_model(description->model);
  if (!model) return failed(model);
  auto graph = canonicalised(std::move(model->graph));
  if (!graph) return failed(graph);
  return OurNetwork{std::move(*graph), std::move(*description)};
}

Result<Quantization> our_quantization(const OurNetwork& network, std::size_t samples) {
  const CalibrationData data(network.description, samples);
  const auto batch = micro_batch(network.graph);
  if (!batch) return failed(batch);
  const auto shapes = input_shapes(network.graph, *batch);
  if (!shapes) return failed(shapes);
  const auto types = specialised(network.graph, *shapes);
  if (!types) return failed(types);
  const QuantizationParams params;
  const auto placement = placed(network.graph, types->types, {});
  const auto statistics = collected(network.graph, statistics_request(network.graph, placement, params), data,
                                    first_samples(samples, samples), {});
  if (!statistics) return failed(statistics);
  return quantized(network.graph, types->types, placement, *statistics, params);
}

Result<std::vector<Outputs>> run_in_ours(const OurNetwork& network, const Variant& variant,
                                         const std::vector<Inputs>& sets) {
  PlanCache cache;
  std::vector<Outputs> results;
  for (const auto& inputs : sets) {
    auto outputs =
        run_once(network.graph, {variant.quantization, variant.reverted, variant.revert_mode, {}}, inputs, cache);
    if (!outputs) return failed(outputs);
    results.push_back(std::move(*outputs));
  }
  return results;
}

}  // namespace quantrail::testing
