#include "fuzz/calibrated.h"

#include <numeric>

#include "fuzz/made_up_data.h"
#include "quantize/collect.h"
#include "runtime/plan.h"

namespace quantrail::fuzz {

std::optional<Shaped> shaped(const Graph& graph) {
  for (const std::int64_t other : {5, 32}) {
    Shaped found{graph};
    for (auto& input : found.graph.inputs) {
      for (std::size_t axis = 1; axis < input.shape.size(); ++axis) {
        if (input.shape[axis] == -1) input.shape[axis] = other;
      }
    }
    const auto batch = micro_batch(found.graph);
    if (!batch) continue;
    const auto shapes = input_shapes(found.graph, *batch);
    if (!shapes) continue;
    auto model = specialised(found.graph, *shapes);
    if (!model) continue;
    found.batch = *batch;
    found.model = std::move(*model);
    return found;
  }
  return std::nullopt;
}

std::optional<Quantization> calibrated(const Shaped& shaped, const Placement& placement, Preset preset) {
  QuantizationParams params;
  params.preset = preset;
  const MadeUpData data(shaped.graph.inputs);
  std::vector<std::size_t> samples(data.size());
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  const auto request = statistics_request(shaped.graph, placement, params);
  const auto statistics = collected(shaped.graph, request, data, samples, {});
  if (!statistics) return std::nullopt;
  auto quantization = quantized(shaped.graph, shaped.model.types, placement, *statistics, params);
  if (!quantization) return std::nullopt;
  return std::move(*quantization);
}

}  // namespace quantrail::fuzz
