#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quantrail::tracking {

/// The names of an iteration, as positions in its run's list of all names: changed layers, reverted layers, reverted
/// groups, layers that are float in ONNX Runtime.
using NameLists = std::array<std::vector<std::uint32_t>, 4>;

/// What is different from the iteration before: for each list how much of its beginning stays, and what follows. A step
/// that reverts one more layer takes a dozen bytes, however many are reverted.
[[nodiscard]] std::vector<std::uint8_t> encoded(const NameLists& now, const NameLists& before);

/// The inverse; nothing when the bytes are damaged.
[[nodiscard]] std::optional<NameLists> decoded(std::span<const std::uint8_t> bytes, const NameLists& before);

}  // namespace quantrail::tracking
