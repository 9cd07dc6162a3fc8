#pragma once

#include <optional>

#include "quantize/quantize.h"

namespace quantrail::fuzz {

/// A canonical graph at concrete sizes.
struct Shaped {
  Graph graph{};  ///< all axes known, but perhaps the first
  InputShapes shapes{};
  std::int64_t batch = 0;  ///< what evaluation would take; 0 where the inputs have no common one
  Specialised model{};
};

/// `graph` with made-up sizes for the axes that are not known; nothing when none of those that were tried fits.
[[nodiscard]] std::optional<Shaped> shaped(const Graph& graph);

/// Quantized by what made-up samples say; nothing where that fails.
[[nodiscard]] std::optional<Quantization> calibrated(const Shaped& shaped, const Placement& placement, Preset preset);

}  // namespace quantrail::fuzz
