#include "run/blob_values.h"

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

std::vector<std::uint8_t> serialised_names(const std::set<std::string, std::less<>>& names) {
  std::string text;
  for (const auto& name : names) text += fmt::format("{}:{}", name.size(), name);
  return {text.begin(), text.end()};
}

std::optional<std::set<std::string, std::less<>>> parsed_names(const std::vector<std::uint8_t>& bytes) {
  const std::string text(bytes.begin(), bytes.end());
  const char* at = text.data();
  const char* const end = at + text.size();
  std::set<std::string, std::less<>> names;
  while (at != end) {
    std::size_t size = 0;
    const auto [behind, error] = std::from_chars(at, end, size);
    if (error != std::errc{} || behind == end || *behind != ':') return std::nullopt;
    if (size > static_cast<std::size_t>(end - behind) - 1) return std::nullopt;
    names.emplace(behind + 1, size);
    at = behind + 1 + size;
  }
  return names;
}

}  // namespace quantrail
