#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace quantrail::app {

/// Four decimals; "-" for what is not known or not a number.
[[nodiscard]] inline std::string decimals(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{:.4f}", *value) : std::string("-");
}

[[nodiscard]] inline double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1048576.0; }

}  // namespace quantrail::app
