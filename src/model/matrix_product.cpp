#include "model/matrix_product.h"

#include "model/strided.h"

namespace quantrail {
MatrixStacks matrix_stacks(Shape a, Shape b) {
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  MatrixStacks stacks{.rows = a[a.size() - 2], .depth = a.back(), .columns = b.back()};
  const Shape a_stack(a.begin(), a.end() - 2);
  const Shape b_stack(b.begin(), b.end() - 2);
  const Shape common = *broadcast(a_stack, b_stack);
  for_each_row<2>(common, {broadcast_strides(a_stack, common), broadcast_strides(b_stack, common)},
                  [&](const auto& offsets, std::int64_t count, const auto& steps) {
                    for (std::int64_t at = 0; at < count; ++at) {
                      stacks.left.push_back(offsets[0] + at * steps[0]);
                      stacks.right.push_back(offsets[1] + at * steps[1]);
                    }
                  });
  return stacks;
}

}  // namespace quantrail
