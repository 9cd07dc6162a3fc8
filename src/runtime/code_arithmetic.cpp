#include "runtime/code_arithmetic.h"

#include <cmath>

namespace quantrail {

CodeAddition code_addition(ActivationParams lhs, ActivationParams rhs, ActivationParams result) {
  CodeAddition made{lhs.scale / result.scale, rhs.scale / result.scale};
  const float of_rhs = made.rhs_step * static_cast<float>(rhs.zero_point);
  const float zeros = std::fma(made.lhs_step, static_cast<float>(lhs.zero_point), of_rhs);
  made.offset = static_cast<float>(result.zero_point) - zeros;
  return made;
}

float code_product_factor(ActivationParams lhs, ActivationParams rhs, ActivationParams result) {
  return lhs.scale * rhs.scale / result.scale;
}

}  // namespace quantrail
