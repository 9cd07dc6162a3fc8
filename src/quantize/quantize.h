#pragma once

#include <set>
#include <string>

#include "base/error.h"
#include "config/config.h"
#include "model/infer.h"
#include "model/quantization.h"
#include "quantize/placement.h"
#include "quantize/statistics.h"

namespace quantrail {

inline const Quantization kNoEdits{};
inline const std::set<std::string, std::less<>> kNoLayers{};

/// What is quantized: a canonical graph with `edits` in place (see edited()), the types of its values and where
/// everything runs.
struct QuantizerInputs {
  const Graph& graph;
  const ValueTypes& types;
  const Placement& placement;
  const Quantization& edits = kNoEdits;  ///< weight_edits and input_scalings alone
  const std::set<std::string, std::less<>>& halved =
      kNoLayers;  ///< layers that keep to half the codes, unless saturation_fix is "no"
};

/// What calibration must learn for quantized() to answer. Errors: InvalidInput for a name in layerwise_configs that the
/// graph does not have.
[[nodiscard]] Result<StatisticsRequest> statistics_request(const QuantizerInputs& in, const QuantizationParams& params);

/// The quantization: parameters of every point from `statistics`, int8 weights, biases corrected by the fast method
/// where `params` want that, groups. Errors: InvalidInput when the statistics lack a value; as above.
[[nodiscard]] Result<Quantization> quantized(const QuantizerInputs& in, const Statistics& statistics,
                                             const QuantizationParams& params);

}  // namespace quantrail
