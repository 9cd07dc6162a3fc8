#pragma once

#include "base/error.h"
#include "config/config.h"
#include "model/infer.h"
#include "model/quantization.h"
#include "quantize/placement.h"
#include "quantize/statistics.h"

namespace quantrail {

/// What calibration must learn for quantized() to answer with the same `placement` and `params`.
[[nodiscard]] StatisticsRequest statistics_request(const Graph& graph, const Placement& placement,
                                                   const QuantizationParams& params);

/// The quantization of the canonical `graph`: parameters of every point from `statistics`, int8 weights, corrected
/// biases, groups. `types` and `placement` must belong to the same graph. Errors: InvalidInput when the statistics lack
/// a value.
[[nodiscard]] Result<Quantization> quantized(const Graph& graph, const Types& types, const Placement& placement,
                                             const Statistics& statistics, const QuantizationParams& params);

}  // namespace quantrail
