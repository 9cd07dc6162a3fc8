#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "metrics/metric.h"

namespace quantrail {

/// All elements, whatever the element type.
[[nodiscard]] std::vector<double> values_of(const OutputView& output);
[[nodiscard]] std::vector<double> values_of(const Tensor& tensor);

/// "[3,224,224]"
[[nodiscard]] std::string shape_of(const OutputView& output);

/// Whether output `output` is there, is of numbers and, unless its shape depends on data, not empty.
/// Errors: InvalidInput, naming it.
[[nodiscard]] Status has_numbers(std::span<const OutputView> outputs, std::int64_t output);

/// Whether truth.target is there, of numbers, and of the shape of output `output`, axes of size 1 aside, or flat with
/// as many elements. Errors: InvalidInput.
[[nodiscard]] Status has_target(std::span<const OutputView> outputs, std::int64_t output, const Truth& truth);

/// The class with the highest score at each place of an array whose axis `axis` counts the classes, in row-major order
/// of the others: of equal ones the first, -1 where a score is NaN.
/// Precondition: `values` has the elements of `shape`, which has that axis.
[[nodiscard]] std::vector<std::int64_t> highest_along(std::span<const double> values, const Shape& shape,
                                                      std::size_t axis);

/// `axis` of samples (the batch not counted; from the end where negative) of output `output`.
/// Errors: InvalidInput, naming both.
[[nodiscard]] Result<std::size_t> class_axis_of(std::span<const OutputView> outputs, std::int64_t output,
                                                std::int64_t axis);

/// The mean of the samples' own values. Precondition: not empty.
[[nodiscard]] double mean_value(std::span<const SampleScore> scores);

}  // namespace quantrail
