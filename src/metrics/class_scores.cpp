#include "metrics/class_scores.h"

#include <algorithm>
#include <cmath>

#include "metrics/output_values.h"

namespace quantrail {
Result<std::int64_t> class_count(std::span<const OutputView> outputs, std::size_t output) {
  if (output >= outputs.size()) {
    return fail(Cause::InvalidInput, "output {} is asked for, the network has {}", output, outputs.size());
  }
  const OutputView& scores = outputs[output];
  if (!is_float(scores.type))
    return fail(Cause::InvalidInput, "output {} is {}, scores must be floats", output, name_of(scores.type));
  if (std::find(scores.shape.begin(), scores.shape.end(), -1) != scores.shape.end()) {
    return fail(Cause::InvalidInput, "the shape of output {} depends on data, one score per class is needed", output);
  }
  const auto wide = std::count_if(scores.shape.begin(), scores.shape.end(), [](auto size) { return size != 1; });
  const std::int64_t classes = element_count(scores.shape);
  if (wide > 1 || classes < 1) {
    return fail(Cause::InvalidInput, "output {} has shape {} per sample, one score per class is needed", output,
                shape_of(scores));
  }
  return classes;
}

Result<std::int64_t> predicted_classes(std::span<const OutputView> outputs, const MetricSpec& spec) {
  const auto classes = class_count(outputs, static_cast<std::size_t>(spec.output));
  if (!classes) return failed(classes);
  if (*classes > 1 && spec.threshold)
    return fail(Cause::InvalidInput, "threshold is for outputs of a single score, output {} has {}", spec.output,
                *classes);
  if (*classes == 1 && !spec.threshold)
    return fail(Cause::InvalidInput,
                "output {} is a single score: give the metric a threshold above which it means class 1 (0.5 for "
                "probabilities, 0 for logits)",
                spec.output);
  constexpr std::int64_t kTwo = 2;
  return std::max(*classes, kTwo);
}

std::int64_t predicted_class(const OutputView& scores, const MetricSpec& spec) {
  const auto values = values_of(scores);
  if (!spec.threshold) return highest_along(values, {static_cast<std::int64_t>(values.size())}, 0).at(0);
  if (std::isnan(values.at(0))) return -1;
  return values[0] > *spec.threshold ? 1 : 0;
}

Status label_fits(const Truth& truth, std::int64_t classes) {
  if (!truth.label) return fail(Cause::InvalidInput, "the samples have no labels");
  if (*truth.label >= 0 && *truth.label < classes) return {};
  return fail(Cause::InvalidInput, "its label {} is out of range, the network's classes are 0 to {}", *truth.label,
              classes - 1);
}

}  // namespace quantrail
