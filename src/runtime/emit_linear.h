#pragma once

#include "runtime/emission.h"
#include "runtime/linear.h"

namespace quantrail {

/// A Conv, ConvTranspose, Gemm or MatMul, once its attributes are understood.
struct LinearJob {
  std::variant<ConvShape, MatMulShape> shape{};
  Layout layout = Layout::Plain;  ///< of source and result
  bool padded = false;            ///< zeros stand beside the source
  std::vector<float> bias{};      ///< one per output channel; empty: none
  float product_factor = 1.0F;    ///< result = product_factor * product + bias_factor * bias
  float bias_factor = 1.0F;
  bool bias_apart = false;  ///< the bias is that of a float Add behind the layer: it is never rounded to codes
};

/// Adds the step of a layer: in integers where lowering says so and the processor multiplies exactly, in float on the
/// dequantized weights where it does not, else in float; with the unit's addition and activation.
[[nodiscard]] Status emit_linear(const Emission& emission, LinearJob job);

}  // namespace quantrail
