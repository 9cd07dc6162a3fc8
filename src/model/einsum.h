#pragma once

#include <string_view>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// An Einsum equation at concrete operand shapes, as one loop nest: an index per label, those of the result outermost
/// and in its order, then those that are summed over, in order of appearance.
struct Einsum {
  std::vector<std::int64_t> sizes{};  ///< of each label
  std::size_t kept = 0;               ///< the first so many labels are the result's axes
  /// Per operand and label: elements from one index to the next; 0 where the operand repeats. A label that an operand
  /// has twice walks its diagonal.
  std::vector<std::vector<std::int64_t>> strides{};

  [[nodiscard]] Shape result_shape() const {
    return {sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(kept)};
  }
};

/// "bij,bjk->bik", with spaces, "..." and the implicit form (no "->": labels that appear once, alphabetically).
/// Errors: InvalidInput.
[[nodiscard]] Result<Einsum> einsum_of(std::string_view equation, const std::vector<Shape>& operands);

}  // namespace quantrail
