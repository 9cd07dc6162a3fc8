#pragma once

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>

namespace quantrail {

/// Four decimals, or two digits of what would be nothing with them; "-" for what is not known or not a number.
[[nodiscard]] inline std::string decimals(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return "-";
  const bool tiny = *value != 0.0 && std::abs(*value) < 0.00005;
  return tiny ? fmt::format("{:.2g}", *value) : fmt::format("{:.4f}", *value + 0.0);  // no "-0.0000"
}

}  // namespace quantrail
