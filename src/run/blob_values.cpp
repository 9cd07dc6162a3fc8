#include "run/blob_number.h"

#include <charconv>
#include <string>

#include <fmt/format.h>

namespace quantrail {

std::vector<std::uint8_t> serialised_number(double value) {
  const std::string text = fmt::format("{}", value);
  return {text.begin(), text.end()};
}

std::optional<double> parsed_number(const std::vector<std::uint8_t>& bytes) {
  double value = 0.0;
  const std::string text(bytes.begin(), bytes.end());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace quantrail
