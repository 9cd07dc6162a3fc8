#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quantrail {

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>{}(name); }
};

/// By name, in no order that means anything; looked up without making a std::string.
template <class T>
using NameMap = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

}  // namespace quantrail
