#include "fuzz/calibrated.h"

#include <numeric>

#include "fuzz/made_up_data.h"
#include "quantize/collect.h"
#include "runtime/plan.h"

namespace quantrail::fuzz {

namespace {

void make_up_sizes(Graph& graph, std::size_t first_axis, std::int64_t size) {
  for (auto& input : graph.inputs) {
    for (std::size_t axis = first_axis; axis < input.shape.size(); ++axis) {
      if (input.shape[axis] == -1) input.shape[axis] = size;
    }
  }
}

std::optional<Shaped> at(Shaped shaped) {
  auto model = specialised(shaped.graph, shaped.shapes);
  if (!model) return std::nullopt;
  shaped.model = std::move(*model);
  return shaped;
}

std::optional<Shaped> with_batch(const Graph& graph, std::int64_t size) {
  Shaped found{graph};
  make_up_sizes(found.graph, 1, size);
  const auto batch = micro_batch(found.graph);
  if (!batch) return std::nullopt;
  auto shapes = input_shapes(found.graph, *batch);
  if (!shapes) return std::nullopt;
  found.batch = *batch;
  found.shapes = std::move(*shapes);
  return at(std::move(found));
}

std::optional<Shaped> without_batch(const Graph& graph, std::int64_t size) {
  Shaped found{graph};
  make_up_sizes(found.graph, 0, size);
  for (const auto& input : found.graph.inputs) found.shapes[input.name] = input.shape;
  return at(std::move(found));
}

}  // namespace

std::optional<Shaped> shaped(const Graph& graph) {
  for (const std::int64_t size : {5, 32}) {
    if (auto found = with_batch(graph, size)) return found;
    if (auto found = without_batch(graph, size)) return found;
  }
  return std::nullopt;
}

std::optional<Quantization> calibrated(const Shaped& shaped, const Placement& placement, Preset preset) {
  QuantizationParams params;
  params.preset = preset;
  const MadeUpData data(shaped.graph.inputs);
  std::vector<std::size_t> samples(data.size());
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  const QuantizerInputs inputs{shaped.graph, shaped.model.types, placement};
  const auto request = statistics_request(inputs, params);
  if (!request) return std::nullopt;
  const auto statistics = collected(shaped.graph, *request, data, samples, {});
  if (!statistics) return std::nullopt;
  auto quantization = quantized(inputs, *statistics, params);
  if (!quantization) return std::nullopt;
  return std::move(*quantization);
}

}  // namespace quantrail::fuzz
