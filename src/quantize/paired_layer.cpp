#include "quantize/paired_layer.h"

#include <utility>

#include "model/codes.h"
#include "model/convolution.h"

namespace quantrail {
namespace {

/// [rows, spatial, channels] to [rows, channels, spatial].
std::vector<std::uint8_t> channels_first(std::span<const std::uint8_t> codes, const SampleView& view) {
  const auto channels = static_cast<std::size_t>(view.channels);
  const std::size_t row = codes.size() / static_cast<std::size_t>(view.rows);
  const std::size_t spatial = row / channels;
  std::vector<std::uint8_t> moved(codes.size());
  for (std::size_t at = 0; at < codes.size(); ++at) {
    const std::size_t in_row = at % row;
    moved[at - in_row + in_row % channels * spatial + in_row / channels] = codes[at];
  }
  return moved;
}

}  // namespace

Result<PairedLayer> paired_layer(const Graph& graph, const Node& node, const WeightParams& params,
                                 const ValueTypes& types) {
  const Tensor& weights = *constant_input(graph, node, 1);
  const auto codes = int8_weights(weights, params);
  PairedLayer made{.product = node.op != "Conv"};
  if (made.product) {
    const bool transposed = params.axis == 0;
    const auto columns = weights.shape[static_cast<std::size_t>(params.axis)];
    made.pairs = saturable_pairs(element_count(weights.shape) / columns, columns, codes, transposed);
  } else {
    auto layer = convolution_of(node, types.find(node.inputs[0])->second.shape, weights.shape,
                                types.find(node.outputs[0])->second.shape);
    if (!layer) return failed(layer, described(node, graph.opset));
    made.pairs = saturable_pairs(std::move(*layer), codes);
  }
  made.pairs.steps = params.scale;
  return made;
}

LookedAt looked_at(const PairedLayer& layer, std::span<const std::uint8_t> codes, const SampleView& view,
                   std::uint8_t zero_point, std::int64_t positions, std::int64_t sample) {
  const Convolution& shape = layer.pairs.layer;
  LookedAt at{.input = {codes, view.channels_last, zero_point}};
  if (!layer.product) {
    at.positions = spread_positions(view.rows * element_count(shape.result), positions, sample);
    return at;
  }
  at.positions = spread_positions(static_cast<std::int64_t>(codes.size()) / shape.from, positions, sample);
  if (view.channels_last) at.moved = channels_first(codes, view);
  at.input = {view.channels_last ? at.moved : codes, true, zero_point};
  return at;
}

}  // namespace quantrail
