#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace quantrail {

/// A number as an AnswerStore keeps it, with all its digits.
[[nodiscard]] std::vector<std::uint8_t> serialised_number(double value);
/// Nothing where the bytes are damaged.
[[nodiscard]] std::optional<double> parsed_number(const std::vector<std::uint8_t>& bytes);

/// Names, of any characters, likewise.
[[nodiscard]] std::vector<std::uint8_t> serialised_names(const std::set<std::string, std::less<>>& names);
[[nodiscard]] std::optional<std::set<std::string, std::less<>>> parsed_names(const std::vector<std::uint8_t>& bytes);

}  // namespace quantrail
