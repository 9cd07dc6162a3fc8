#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "runtime/kernels_layout.h"

namespace quantrail::kernels {

/// Elements of the operands that meet along one run of the result: `count` of them, at steps of 0 or 1.
struct BroadcastRun {
  std::int64_t lhs = 0;     ///< first element
  std::int64_t rhs = 0;     ///< first element
  std::int64_t result = 0;  ///< first element
};

/// A broadcast with as few axes as possible: axes of size 1 gone, neighbours that step alike taken as one. Equal
/// shapes, scalars and channels last end up with one or two axes, whatever the rank.
class Broadcast {
 public:
  Broadcast(std::span<const std::int64_t> lhs, std::span<const std::int64_t> rhs, std::span<const std::int64_t> result);

  /// The innermost axis.
  [[nodiscard]] std::int64_t count() const { return axes_[0].size; }
  [[nodiscard]] std::int64_t lhs_step() const { return axes_[0].lhs; }
  [[nodiscard]] std::int64_t rhs_step() const { return axes_[0].rhs; }

  /// Calls `row(run)` for each position of the outer axes, in the result's order.
  template <class F>
  void for_each_run(F row) const {
    std::array<std::int64_t, kMaxRank + 1> at{};
    BroadcastRun run;
    for (std::int64_t left = runs_; left > 0; --left) {
      row(run);
      run.result += count();
      for (std::size_t axis = 1; axis < used_; ++axis) {
        run.lhs += axes_[axis].lhs;
        run.rhs += axes_[axis].rhs;
        if (++at[axis] < axes_[axis].size) break;
        run.lhs -= axes_[axis].lhs * axes_[axis].size;
        run.rhs -= axes_[axis].rhs * axes_[axis].size;
        at[axis] = 0;
      }
    }
  }

 private:
  struct Axis {
    std::int64_t size = 1;
    std::int64_t lhs = 0;  ///< elements from one position to the next; 0 where the operand repeats
    std::int64_t rhs = 0;
  };
  void append(Axis axis);

  std::array<Axis, kMaxRank + 1> axes_{};  // innermost first
  std::size_t used_ = 0;
  std::int64_t runs_ = 1;
};

}  // namespace quantrail::kernels
