#pragma once

#include <cstdint>
#include <vector>

#include "model/tensor.h"

namespace quantrail {

/// The first element, of any element type. Precondition: there is one.
[[nodiscard]] double number_of(const Tensor& tensor);

/// All elements, of any element type; floats towards zero and to the nearest end of the range.
[[nodiscard]] std::vector<std::int64_t> whole_numbers(const Tensor& tensor);

}  // namespace quantrail
