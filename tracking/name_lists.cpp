#include "tracking/name_lists.h"

#include <algorithm>

namespace quantrail::tracking {
namespace {

/// Seven bits in each byte, the lowest first; the high bit says that more follow.
void put(std::vector<std::uint8_t>& bytes, std::size_t number) {
  for (; number >= 0x80; number >>= 7U) bytes.push_back(static_cast<std::uint8_t>(number | 0x80U));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

/// Nothing at the end of the bytes, and for a number that no list has.
std::optional<std::uint32_t> take(std::span<const std::uint8_t>& bytes) {
  std::uint32_t number = 0;
  for (unsigned shift = 0; shift < 28 && !bytes.empty(); shift += 7) {
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    number |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) return number;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::uint8_t> encoded(const NameLists& now, const NameLists& before) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t list = 0; list < now.size(); ++list) {
    const auto differ =
        std::mismatch(now[list].begin(), now[list].end(), before[list].begin(), before[list].end()).first;
    put(bytes, static_cast<std::size_t>(differ - now[list].begin()));
    put(bytes, static_cast<std::size_t>(now[list].end() - differ));
    for (auto name = differ; name != now[list].end(); ++name) put(bytes, *name);
  }
  return bytes;
}

std::optional<NameLists> decoded(std::span<const std::uint8_t> bytes, const NameLists& before) {
  NameLists lists;
  for (std::size_t list = 0; list < lists.size(); ++list) {
    const auto kept = take(bytes);
    const auto more = take(bytes);
    if (!kept || !more || *kept > before[list].size() || *more > bytes.size()) return std::nullopt;
    lists[list].assign(before[list].begin(), before[list].begin() + *kept);
    for (std::uint32_t at = 0; at < *more; ++at) {
      const auto name = take(bytes);
      if (!name) return std::nullopt;
      lists[list].push_back(*name);
    }
  }
  return bytes.empty() ? std::optional(std::move(lists)) : std::nullopt;
}

}  // namespace quantrail::tracking
