#include "model/numeric_values.h"

#include "model/numbers.h"

namespace quantrail {

double number_of(const Tensor& tensor) {
  if (tensor.type == ElementType::Float64) return tensor.values<double>()[0];
  if (is_float(tensor.type)) return static_cast<double>(floats_of(tensor)[0]);
  if (tensor.type == ElementType::Uint64) return static_cast<double>(tensor.values<std::uint64_t>()[0]);
  return static_cast<double>(integers_of(tensor)[0]);
}

std::vector<std::int64_t> whole_numbers(const Tensor& tensor) {
  if (!is_float(tensor.type)) return integers_of(tensor);
  std::vector<std::int64_t> whole;
  if (tensor.type == ElementType::Float64) {
    for (const double value : tensor.values<double>()) whole.push_back(saturated<std::int64_t>(value));
  } else {
    for (const float value : floats_of(tensor)) whole.push_back(saturated<std::int64_t>(static_cast<double>(value)));
  }
  return whole;
}

}  // namespace quantrail
