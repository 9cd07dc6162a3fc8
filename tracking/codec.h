#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quantrail::tracking {

using Values = std::map<std::string, double>;
using Series = std::map<std::string, std::vector<double>>;
using Tables = std::map<std::string, std::vector<std::vector<double>>>;

/// The numbers of an answer. Doubles keep every bit (NaN, -0.0) and names every byte.
struct Numbers {
  Values values{};
  Series series{};
  Tables tables{};  ///< rows of any lengths
};

/// Little endian, zstd-compressed; equal numbers give equal bytes. Without tables, in the format that knew none.
[[nodiscard]] std::vector<std::uint8_t> encoded(const Numbers& numbers);

/// The inverse; nothing when the bytes are damaged.
[[nodiscard]] std::optional<Numbers> decoded(std::span<const std::uint8_t> bytes);

}  // namespace quantrail::tracking
