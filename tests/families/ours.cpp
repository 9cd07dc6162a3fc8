#include "families/ours.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "evaluate/feed.h"
#include "model/canonical.h"
#include "model/infer.h"
#include "model/load.h"
#include "quantize/collect.h"
#include "quantize/quantize.h"
#include "runtime/plan.h"

namespace quantrail::testing {
namespace {

Result<Outputs> run_once(const Graph& graph, const PlanOptions& options, const Inputs& inputs, PlanCache& cache) {
  InputShapes shapes;
  for (const auto& [name, value] : inputs) shapes[name] = value.shape;
  const auto plan = Plan::build(graph, options, shapes, cache);
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
    Tensor value = Tensor::zeros(info.type, state.output_shape(at));
    std::copy(state.output(at).begin(), state.output(at).end(), value.bytes.begin());
    outputs.push_back({info.name, std::move(value)});
  }
  return outputs;
}

}  // namespace

Result<OurNetwork> our_network(const std::filesystem::path& file) {
  auto model = load_model(file);
  if (!model) return failed(model);
  auto graph = canonicalised(std::move(model->graph));
  if (!graph) return failed(graph);
  return OurNetwork{std::move(*graph), file};
}

Result<Quantization> our_quantization(const Graph& whole, const Dataset& data) {
  const Graph graph = sized(whole, data.inputs());
  const auto batch = micro_batch(graph);
  if (!batch) return failed(batch);
  const auto shapes = input_shapes(graph, *batch);
  if (!shapes) return failed(shapes);
  const auto types = specialised(graph, *shapes);
  if (!types) return failed(types);
  const QuantizationParams params;
  const auto placement = placed(graph, types->types, {});
  const QuantizerInputs inputs{graph, types->types, placement};
  const auto request = statistics_request(inputs, params);
  if (!request) return failed(request);
  std::vector<std::size_t> samples(data.size());
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  const auto statistics = collected(graph, *request, data, samples, {});
  if (!statistics) return failed(statistics);
  return quantized(inputs, *statistics, params);
}

Result<std::vector<Outputs>> run_in_ours(const Graph& graph, const Variant& variant, const std::vector<Inputs>& sets) {
  PlanCache cache;
  std::vector<Outputs> results;
  for (const auto& inputs : sets) {
    auto outputs = run_once(graph, {variant.quantization, variant.reverted, variant.revert_mode, {}}, inputs, cache);
    if (!outputs) return failed(outputs);
    results.push_back(std::move(*outputs));
  }
  return results;
}

}  // namespace quantrail::testing
