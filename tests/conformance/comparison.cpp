#include "conformance/comparison.h"

#include <fmt/format.h>

#include <cmath>

#include "model/shape_math.h"

namespace quantrail::conformance {
namespace {

std::vector<double> doubles_of(const Tensor& tensor) {
  if (tensor.type == ElementType::Float64) {
    const auto values = tensor.values<double>();
    return {values.begin(), values.end()};
  }
  const auto values = floats_of(tensor);
  return {values.begin(), values.end()};
}

}  // namespace

std::string type_difference(const Tensor& ours, const Tensor& theirs) {
  if (ours.type != theirs.type) return fmt::format("type {} instead of {}", name_of(ours.type), name_of(theirs.type));
  if (ours.shape == theirs.shape) return "";
  return fmt::format("shape {} instead of {}", shape_text(ours.shape), shape_text(theirs.shape));
}

std::string difference(const Tensor& ours, const Tensor& theirs, double absolute) {
  if (auto what = type_difference(ours, theirs); !what.empty()) return what;
  if (!is_float(ours.type)) return ours.bytes == theirs.bytes ? "" : "other values";
  // The bfloat16 files of ONNX 1.12 were made by cutting bits off; the specification rounds to nearest: one step apart.
  const double relative = ours.type == ElementType::BFloat16 ? 0x1p-7 : 1e-3;
  const auto a = doubles_of(ours);
  const auto b = doubles_of(theirs);
  for (std::size_t at = 0; at < a.size(); ++at) {
    const bool same = a[at] == b[at] || (std::isnan(a[at]) && std::isnan(b[at]));
    if (!same && !(std::abs(a[at] - b[at]) <= relative * std::abs(b[at]) + absolute)) {
      return fmt::format("element {}: {} instead of {}", at, a[at], b[at]);
    }
  }
  return "";
}

}  // namespace quantrail::conformance
