#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include "base/error.h"

namespace quantrail {

/// The shortest of these times; nothing unless `turns` of them lie within `spread` of it, itself included. What else a
/// machine does makes turns longer, never shorter, and the shortest alone could be a slip of the clock.
[[nodiscard]] std::optional<double> confirmed_shortest(std::span<const double> seconds, std::size_t turns,
                                                       double spread);

/// Seconds of one turn; nothing where nothing is measured.
using Pace = std::function<Result<std::optional<double>>()>;

/// How many times as long `slow` takes as `fast`: the ratio of the shortest of turns that are taken by turns, until
/// three of each agree to a tenth; two that agree to a quarter will do once fifteen turns or four seconds are over.
/// Nothing where they never do. Errors: those of the turns.
[[nodiscard]] Result<std::optional<double>> ratio_of_paces(const Pace& slow, const Pace& fast);

}  // namespace quantrail
