#pragma once

#include "runtime/linear.h"

namespace quantrail {

/// Whether our own kernel computes this convolution of codes: one filter per channel, at most two spatial axes.
[[nodiscard]] bool is_depthwise(const std::variant<ConvShape, MatMulShape>& shape);

/// Whether it is faster there than oneDNN on a processor where both are exact. Precondition: is_depthwise(shape).
[[nodiscard]] bool depthwise_is_faster(const std::variant<ConvShape, MatMulShape>& shape);

/// The same contract as Linear::make() for integer specs of which is_depthwise() holds. Exact on every processor.
[[nodiscard]] std::shared_ptr<const Linear> depthwise_linear(const LinearSpec& spec, const LinearWeights& weights,
                                                             std::size_t threads);

}  // namespace quantrail
