#pragma once

#include "model/quantization.h"
#include "model/tensor.h"
#include "quantize/range_rules.h"

namespace quantrail {

/// Symmetric codes of `weights`: a step per slice along `axis` (one for all of it where the rule says so), the slice's
/// range by `rule` / levels. Of a range at least the rule's share of the widest slice's is assumed, or 8e-5 where all
/// are 0, so that dead channels have a step too. `widened` multiplies the steps (2: codes within half of the levels,
/// POT's saturation fix). Preconditions: float32, finite. A rule by least squared error tries shares of the largest
/// magnitude, from a half to all of it.
[[nodiscard]] WeightParams weight_steps(const Tensor& weights, std::int64_t axis, const WeightRule& rule,
                                        float widened = 1.0F);

}  // namespace quantrail
