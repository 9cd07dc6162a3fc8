#pragma once

#include <set>
#include <string>

namespace quantrail {

/// That `spoilt` layers keep to half the codes, and why, for the run's log. Precondition: not empty.
[[nodiscard]] std::string saturation_remark(const std::set<std::string, std::less<>>& spoilt);

}  // namespace quantrail
