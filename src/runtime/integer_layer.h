#pragma once

#include "runtime/linear.h"

namespace quantrail {

/// A layer's weights as int8 codes.
struct IntegerWeights {
  std::vector<std::int8_t> codes{};  ///< in the order of the stored tensor
  std::vector<std::int64_t> sums{};  ///< of the codes of each output channel
};

/// Errors: InvalidInput when axis or number of scales do not fit the tensor, or it is not float32.
[[nodiscard]] Result<IntegerWeights> integer_weights(const Tensor& weights, const WeightParams& params);

/// What integer arithmetic works with, as float32: scale[c] * code.
[[nodiscard]] Tensor dequantized_weights(const Tensor& weights, const IntegerWeights& codes,
                                         const WeightParams& params);

/// One layer's numbers around its products.
struct IntegerTerms {
  ActivationParams source{};
  std::vector<float> accumulator_scales{};  ///< one per output channel
  std::vector<double> bias{};               ///< in units of those scales; empty: none
  std::span<const std::int64_t> weight_sums{};
  float product_factor = 1.0F;  ///< as in LinearJob
  float bias_factor = 1.0F;
  Bounds bounds{};  ///< of the fused activation, in real units
};

/// For a float32 result. `fold_zero_point`: the source's zero point goes into the bias, exactly, instead of being
/// subtracted from every code; right where nothing is padded.
[[nodiscard]] Epilogue epilogue_to_float(const IntegerTerms& terms, bool fold_zero_point);
/// For codes at `result`.
[[nodiscard]] Epilogue epilogue_to_codes(const IntegerTerms& terms, bool fold_zero_point, ActivationParams result);
/// The codes at `own`, with an addition of codes behind them, whose right operand they are unless `own_first`.
struct CodeSumParams {
  ActivationParams own{};
  ActivationParams addend{};
  ActivationParams sum{};
  bool own_first = false;
};
/// terms.bounds hold for the sum.
[[nodiscard]] Epilogue epilogue_to_code_sum(const IntegerTerms& terms, bool fold_zero_point,
                                            const CodeSumParams& params);

}  // namespace quantrail
