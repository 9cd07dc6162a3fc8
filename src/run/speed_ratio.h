#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/error.h"

namespace quantrail {

/// The median of ratios that were measured one after the other; nothing unless there are three or more, half of which
/// lie within `spread` of it: what else the machine does is not the networks' doing.
[[nodiscard]] std::optional<double> settled_ratio(std::vector<double> ratios, double spread);

/// Seconds of one turn; nothing where nothing is measured.
using Pace = std::function<Result<std::optional<double>>()>;

/// How many times as long `slow` takes as `fast`: measured in turns, each ratio of two turns that followed each other,
/// until they agree to a tenth; to a quarter will do once fifteen turns or four seconds are over. Nothing where they
/// never do. Errors: those of the turns.
[[nodiscard]] Result<std::optional<double>> ratio_of_paces(const Pace& slow, const Pace& fast);

}  // namespace quantrail
