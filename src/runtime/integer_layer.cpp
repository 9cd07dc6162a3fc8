#include "runtime/integer_layer.h"

#include <algorithm>
#include <numeric>

namespace quantrail {
namespace {

/// A row-major tensor's slices along an axis: element i belongs to slice i / inner % count.
struct Slices {
  std::size_t count = 1;
  std::size_t inner = 1;

  /// Calls visit(slice, first element, elements) for each run of elements of one slice, in order.
  template <class F>
  void for_each_run(std::size_t elements, F visit) const {
    std::size_t slice = 0;
    for (std::size_t first = 0; first < elements; first += inner) {
      visit(slice, first, inner);
      if (++slice == count) slice = 0;
    }
  }
};

Slices slices(const Tensor& weights, std::int64_t axis) {
  Slices result{static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(axis)]), 1};
  for (auto at = static_cast<std::size_t>(axis) + 1; at < weights.shape.size(); ++at) {
    result.inner *= static_cast<std::size_t>(weights.shape[at]);
  }
  return result;
}

/// Bias in units of the sum, and the real value of that unit.
Epilogue unscaled(const IntegerTerms& terms, bool fold_zero_point) {
  const std::size_t channels = terms.accumulator_scales.size();
  Epilogue epilogue{std::vector<float>(channels), std::vector<float>(channels)};
  for (std::size_t c = 0; c < channels; ++c) {
    double bias = terms.bias.empty() ? 0.0 : terms.bias[c];
    bias *= static_cast<double>(terms.bias_factor) / static_cast<double>(terms.product_factor);
    if (fold_zero_point) bias -= static_cast<double>(terms.source.zero_point * terms.weight_sums[c]);
    epilogue.bias[c] = static_cast<float>(bias);
    epilogue.scale[c] = terms.accumulator_scales[c] * terms.product_factor;
  }
  return epilogue;
}

/// In codes at `result`.
Bounds clamp_to(Bounds bounds, ActivationParams result) {
  if (covered_by_codes(bounds, result)) return {};
  return {static_cast<float>(activation_code(bounds.lo, result)),
          static_cast<float>(activation_code(bounds.hi, result))};
}

/// Nothing to add: no bias, so that the kernel need not read one.
Epilogue without_zeros(Epilogue epilogue) {
  if (std::all_of(epilogue.bias.begin(), epilogue.bias.end(), [](float bias) { return bias == 0.0F; }))
    epilogue.bias.clear();
  return epilogue;
}

}  // namespace

Result<IntegerWeights> integer_weights(const Tensor& weights, const WeightParams& params) {
  const auto rank = static_cast<std::int64_t>(weights.shape.size());
  if (weights.type != ElementType::Float32 || params.axis < 0 || params.axis >= rank) {
    return fail(Cause::InvalidInput, "{} weights of rank {} cannot be quantized along axis {}", name_of(weights.type),
                rank, params.axis);
  }
  const Slices along = slices(weights, params.axis);
  if (params.scale.size() != along.count && params.scale.size() != 1) {
    return fail(Cause::InvalidInput, "{} output channels have {} weight scales", along.count, params.scale.size());
  }
  IntegerWeights result{int8_weights(weights, params), std::vector<std::int64_t>(along.count, 0)};
  along.for_each_run(result.codes.size(), [&](std::size_t slice, std::size_t first, std::size_t count) {
    const std::int8_t* codes = result.codes.data() + first;
    result.sums[slice] += std::accumulate(codes, codes + count, std::int64_t{0});
  });
  return result;
}

Tensor dequantized_weights(const Tensor& weights, const IntegerWeights& codes, const WeightParams& params) {
  const Slices along = slices(weights, params.axis);
  Tensor result = Tensor::zeros(ElementType::Float32, weights.shape);
  const auto values = result.values<float>();
  along.for_each_run(values.size(), [&](std::size_t slice, std::size_t first, std::size_t count) {
    const float scale = params.scale[params.scale.size() == 1 ? 0 : slice];
    for (std::size_t at = first; at < first + count; ++at) values[at] = scale * static_cast<float>(codes.codes[at]);
  });
  return result;
}

Epilogue epilogue_to_float(const IntegerTerms& terms, bool fold_zero_point) {
  Epilogue epilogue = unscaled(terms, fold_zero_point);
  epilogue.clamp = terms.bounds;
  return without_zeros(std::move(epilogue));
}

Epilogue epilogue_to_codes(const IntegerTerms& terms, bool fold_zero_point, ActivationParams result) {
  Epilogue epilogue = unscaled(terms, fold_zero_point);
  for (float& scale : epilogue.scale) scale /= result.scale;
  epilogue.zero_point = result.zero_point;
  epilogue.clamp = clamp_to(terms.bounds, result);
  return without_zeros(std::move(epilogue));
}

Epilogue epilogue_to_code_sum(const IntegerTerms& terms, bool fold_zero_point, const CodeSumParams& params) {
  IntegerTerms unbounded = terms;
  unbounded.bounds = {};
  Epilogue epilogue = epilogue_to_codes(unbounded, fold_zero_point, params.own);
  epilogue.code_sum = CodeSum{params.own_first ? code_addition(params.own, params.addend, params.sum)
                                               : code_addition(params.addend, params.own, params.sum),
                              params.own_first};
  epilogue.clamp = clamp_to(terms.bounds, params.sum);
  return epilogue;
}

}  // namespace quantrail
