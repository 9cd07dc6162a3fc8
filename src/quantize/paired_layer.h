#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "model/graph.h"
#include "model/quantization.h"
#include "quantize/pair_saturation.h"
#include "quantize/placement.h"
#include "quantize/sample_pass.h"

namespace quantrail {

/// A layer with weights whose pairs of products are counted.
struct PairedLayer {
  bool product = false;  ///< Gemm or MatMul: channels are the innermost axis
  SaturablePairs pairs{};
};

/// Node `node` (Conv, Gemm or MatMul with constant weights) of `graph`, whose values have `types`, with weights as
/// `params` code them. Errors: InvalidInput, naming the node, where its attributes do not fit.
[[nodiscard]] Result<PairedLayer> paired_layer(const Graph& graph, const Node& node, const WeightParams& params,
                                               const ValueTypes& types);

/// Where a layer is looked at in one sample.
struct LookedAt {
  std::vector<std::uint8_t> moved{};  ///< the input's codes, where they had to be brought into another order
  CodeView input{};
  std::vector<std::int64_t> positions{};  ///< of the result
};

/// At most `positions` of the layer's result in sample number `sample`, whose input is `view` with `codes`, which must
/// outlive what comes back.
[[nodiscard]] LookedAt looked_at(const PairedLayer& layer, std::span<const std::uint8_t> codes, const SampleView& view,
                                 std::uint8_t zero_point, std::int64_t positions, std::int64_t sample);

}  // namespace quantrail
