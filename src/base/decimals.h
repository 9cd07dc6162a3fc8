#pragma once

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>

namespace quantrail {

/// Four decimals; as many digits of what would be nothing with them, or six of what has more before the point.
/// "-" for what is not known or not a number.
[[nodiscard]] inline std::string decimals(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return "-";
  const double size = std::abs(*value);
  if (size >= 1e6) return fmt::format("{:.6g}", *value);
  return size != 0.0 && size < 0.00005 ? fmt::format("{:.4g}", *value)
                                       : fmt::format("{:.4f}", *value + 0.0);  // no "-0.0000"
}

/// The same with fewer digits where `columns` need that.
[[nodiscard]] inline std::string decimals_in(int columns, const std::optional<double>& value) {
  const auto room = static_cast<std::size_t>(columns);
  std::string text = decimals(value);
  for (int digits = columns; text.size() > room && digits > 0; --digits) text = fmt::format("{:.{}g}", *value, digits);
  return text;
}

}  // namespace quantrail
