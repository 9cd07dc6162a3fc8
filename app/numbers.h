#pragma once

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>

namespace quantrail::app {

/// Four decimals; "-" for what is not known or not a number.
[[nodiscard]] inline std::string decimals(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{:.4f}", *value) : std::string("-");
}

}  // namespace quantrail::app
