#include "metrics/class_scores.h"

#include <algorithm>
#include <string>

namespace quantrail {
namespace {

std::string shape_text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

}  // namespace

Result<std::int64_t> class_count(std::span<const OutputView> outputs, std::size_t output) {
  if (output >= outputs.size()) {
    return fail(Cause::InvalidInput, "output {} is asked for, the network has {}", output, outputs.size());
  }
  const OutputView& scores = outputs[output];
  if (scores.type != ElementType::Float32 && scores.type != ElementType::Float64) {
    return fail(Cause::InvalidInput, "output {} is {}, scores must be float32 or float64", output,
                name_of(scores.type));
  }
  if (std::find(scores.shape.begin(), scores.shape.end(), -1) != scores.shape.end()) {
    return fail(Cause::InvalidInput, "the shape of output {} depends on data, one score per class is needed", output);
  }
  const auto wide = std::count_if(scores.shape.begin(), scores.shape.end(), [](auto size) { return size != 1; });
  const std::int64_t classes = element_count(scores.shape);
  if (wide > 1 || classes < 1) {
    return fail(Cause::InvalidInput, "output {} has shape {} per sample, one score per class is needed", output,
                shape_text(scores.shape));
  }
  return classes;
}

}  // namespace quantrail
