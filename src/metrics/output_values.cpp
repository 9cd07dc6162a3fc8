#include "metrics/output_values.h"

#include <algorithm>
#include <cmath>

#include "model/shape_math.h"

namespace quantrail {
namespace {

bool depends_on_data(const OutputView& output) {
  return std::find(output.shape.begin(), output.shape.end(), -1) != output.shape.end();
}

constexpr double kBeyond = 1e15;  // as large as the error that what is no number counts for

Shape squeezed(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

}  // namespace

std::vector<double> values_of(const Tensor& tensor) {
  if (tensor.type == ElementType::Float64) {
    const auto values = tensor.values<double>();
    return {values.begin(), values.end()};
  }
  if (is_float(tensor.type)) {
    const auto values = floats_of(tensor);
    return {values.begin(), values.end()};
  }
  std::vector<double> out;
  for (const auto value : integers_of(tensor)) out.push_back(static_cast<double>(value));
  return out;
}

std::vector<double> values_of(const OutputView& output) {
  if (output.type == ElementType::Float32) {
    const std::span values(reinterpret_cast<const float*>(output.bytes.data()), output.bytes.size() / sizeof(float));
    return {values.begin(), values.end()};
  }
  return values_of(Tensor{output.type, output.shape, {output.bytes.begin(), output.bytes.end()}});
}

std::string shape_of(const OutputView& output) { return shape_text(output.shape); }

Status has_numbers(std::span<const OutputView> outputs, std::int64_t output) {
  const auto at = static_cast<std::size_t>(output);
  if (at >= outputs.size())
    return fail(Cause::InvalidInput, "output {} is asked for, the network has {}", output, outputs.size());
  if (!depends_on_data(outputs[at]) && element_count(outputs[at].shape) < 1)
    return fail(Cause::InvalidInput, "output {} has no elements: its shape is {} per sample", output,
                shape_of(outputs[at]));
  return {};
}

Status has_target(std::span<const OutputView> outputs, std::int64_t output, const Truth& truth) {
  if (auto ok = has_numbers(outputs, output); !ok) return ok;
  if (truth.target == nullptr)
    return fail(Cause::InvalidInput,
                "there are no targets: give data.targets, a .npy file with what the output should be for each sample");
  const auto& shape = outputs[static_cast<std::size_t>(output)].shape;
  if (depends_on_data(outputs[static_cast<std::size_t>(output)])) return {};
  const bool flat =
      squeezed(truth.target->shape).size() <= 1 && element_count(shape) == element_count(truth.target->shape);
  if (!flat && squeezed(shape) != squeezed(truth.target->shape))
    return fail(Cause::InvalidInput, "its target has shape {}, output {} has {}: the same is needed, or a flat one",
                shape_text(truth.target->shape), output, shape_text(shape));
  const auto wanted = values_of(*truth.target);
  const auto bad =
      std::find_if(wanted.begin(), wanted.end(), [](double value) { return !(std::abs(value) < kBeyond); });
  if (bad == wanted.end()) return {};
  return fail(Cause::InvalidInput, "its target holds {} at position {}: numbers below 1e15 are needed", *bad,
              bad - wanted.begin());
}

std::vector<std::int64_t> highest_along(std::span<const double> values, const Shape& shape, std::size_t axis) {
  const auto classes = static_cast<std::size_t>(shape[axis]);
  std::size_t inner = 1;
  for (std::size_t at = axis + 1; at < shape.size(); ++at) inner *= static_cast<std::size_t>(shape[at]);
  const std::size_t outer = classes * inner == 0 ? 0 : values.size() / (classes * inner);
  std::vector<std::int64_t> highest(outer * inner, 0);
  for (std::size_t place = 0; place < highest.size(); ++place) {
    const double* scores = values.data() + place / inner * classes * inner + place % inner;
    double best = scores[0];
    for (std::size_t one = 0; one < classes; ++one) {
      const double score = scores[one * inner];
      if (std::isnan(score)) {
        highest[place] = -1;
        break;
      }
      if (score <= best) continue;
      best = score;
      highest[place] = static_cast<std::int64_t>(one);
    }
  }
  return highest;
}

Result<std::size_t> class_axis_of(std::span<const OutputView> outputs, std::int64_t output, std::int64_t axis) {
  if (auto ok = has_numbers(outputs, output); !ok) return failed(ok);
  const auto& view = outputs[static_cast<std::size_t>(output)];
  const auto normal = normal_axis(axis, view.shape.size());
  if (!normal)
    return fail(Cause::InvalidInput, "class_axis is {}, output {} has shape {} per sample", axis, output,
                shape_of(view));
  return *normal;
}

double mean_value(std::span<const SampleScore> scores) {
  double sum = 0.0;
  for (const auto& score : scores) sum += score.value;
  return sum / static_cast<double>(scores.size());
}

}  // namespace quantrail
